import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track } from '#media/core/track.ts'
import { ReceivingLane } from '#media/protocols/webrtc/receiving-lane.ts'
import { parseRtcp, type RtcpPacket } from '#media/rtp/rtcp-packet.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { SourceClock } from '#media/rtp/source-clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const codec: Codec = {
  ...{ kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '', payloadType: 103 },
}
const idr = Buffer.from([0x65, 1, 2, 3])

const setUp = (about: Partial<Codec> = {}) => {
  const clock = new HeldClock()
  const spoken = { ...codec, ...about }
  const track: PacketTrack = new Track({ form: 'packets', codec: spoken, budget: { bytesMax: 1e6, bytesUsed: 0 } })
  const groups: PacketGroup[] = []
  track.attach({ id: 1, push: group => groups.push(group) })
  const said: RtcpPacket[] = []
  const lane = new ReceivingLane({
    received: { payload: { codec: spoken, payloadType: 103, retransmissionType: 104 }, ssrc: 5 },
    ...{ track, clock, sourceClock: new SourceClock(), continuity: { ssrc: 1, nextSequenceNumber: 1 } },
    sendRtcp: bytes => void said.push(...parseRtcp(bytes).filter(({ type }) => type !== 'RR')),
    failed: error => {
      throw error
    },
  })
  const send = (number: number, payload = idr, payloadType = 103, ssrc = 77): void => {
    const bytes = Buffer.alloc(12 + payload.length)
    const header = { marker: true, payloadType, sequenceNumber: number, timestamp: number * 3600, ssrc }
    RtpPacket.write(bytes, 0, header)
    bytes.set(payload, 12)
    lane.take(RtpPacket.parse(bytes))
  }
  const again = (number: number): void =>
    send(9, Buffer.concat([Buffer.from([number >> 8, number & 0xff]), idr]), 104, 78)
  const numbers = () => groups.flatMap(({ packets }) => packets.map(({ sequenceNumber }) => sequenceNumber))
  return { clock, lane, said, send, again, numbers, groups }
}

test('a keyframe is asked for when something begins to come, and not again at once', async () => {
  const { lane, said, send, clock } = setUp()
  lane.askForKeyframe()
  expect(said).toEqual([])
  send(1)
  lane.askForKeyframe()
  expect(said).toEqual([{ type: 'PLI', ssrc: 5, mediaSsrc: 77 }])
  await clock.advance(500)
  lane.askForKeyframe()
  expect(said).toHaveLength(2)
})

test('what is lost is asked for, and takes its place when it comes again', async () => {
  const { lane, said, send, again, numbers, groups, clock } = setUp()
  for (const number of [1, 2, 4, 5]) send(number)
  expect(numbers()).toEqual([1, 2])
  await clock.advance(20)
  expect(said.at(-1)).toEqual({ type: 'NACK', ssrc: 5, mediaSsrc: 77, sequenceNumbers: [3] })
  again(3)
  expect(numbers()).toEqual([1, 2, 3, 4, 5])
  expect(groups.flatMap(({ packets }) => packets.map(({ payload }) => payload))).toEqual(Array(5).fill(idr))
  expect([lane.recoveredCount, lane.lostCount]).toEqual([1, 0])
  await clock.advance(1000)
  expect(clock.timerCount).toBe(0)
})

test('what is lost for good costs its picture, and brings a keyframe', async () => {
  const { lane, said, send, numbers, clock } = setUp()
  for (const number of [1, 2, 4]) send(number)
  await clock.advance(600)
  expect(numbers()).toEqual([1, 2, 4])
  expect(lane.lostCount).toBe(1)
  expect(said.map(({ type }) => type)).toEqual(['PLI', 'NACK', 'NACK', 'NACK', 'NACK', 'NACK', 'PLI'])
})

test('a thousand lost at once are not asked for', async () => {
  const { said, send, clock } = setUp()
  send(1)
  await clock.advance(500)
  send(2000)
  await clock.advance(100)
  expect(said.map(({ type }) => type)).toEqual(['PLI', 'PLI'])
})

test('sound is not asked for again', async () => {
  const { said, send, clock, numbers } = setUp({ kind: 'audio', name: 'OPUS', clockRate: 48_000, channels: 2 })
  for (const number of [1, 3]) send(number, Buffer.from([1]))
  await clock.advance(200)
  expect(said).toEqual([])
  expect(numbers()).toEqual([1, 3])
})

test('padding, other payload types and what comes again before anything else are passed over', () => {
  const { send, again, numbers } = setUp()
  again(1)
  send(1, idr, 99)
  send(2)
  send(5, Buffer.alloc(0), 104, 78)
  send(6, Buffer.from([1]), 104, 78)
  expect(numbers()).toEqual([2])
})

test('nothing is left running at the end', () => {
  const { lane, send, clock } = setUp()
  for (const number of [1, 3]) send(number)
  expect(clock.timerCount).toBeGreaterThan(0)
  lane[Symbol.dispose]()
  expect(clock.timerCount).toBe(0)
})
