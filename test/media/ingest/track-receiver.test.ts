import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track } from '#media/core/track.ts'
import { TrackReceiver } from '#media/ingest/track-receiver.ts'
import { middleOf } from '#media/rtp/ntp-time.ts'
import { formatRtcp } from '#media/rtp/rtcp-packet.ts'
import { SourceClock } from '#media/rtp/source-clock.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { rtpPacket } from '#test/helpers/scripted-camera.ts'
import { spoiledBytes } from '#test/helpers/spoiled-bytes.ts'

const codec: Codec = {
  kind: 'video',
  name: 'H264',
  clockRate: 90_000,
  channels: 0,
  formatParameters: '',
  payloadType: 96,
}
const idr = Buffer.from([0x65, 1, 2, 3])
const ntpTime = { seconds: 3_908_988_800, fraction: 0 }
const senderReport = formatRtcp([
  { type: 'SR', ssrc: 0xcafe, ntpTime, rtpTimestamp: 0, packetCount: 0, octetCount: 0, reports: [] },
])

const setUp = ({
  lossy = false,
  anyPayloadType = false,
  clock = new HeldClock(),
  sourceClock = new SourceClock(),
} = {}) => {
  const context = dialContext({ clock })
  const track: PacketTrack = new Track({ form: 'packets', codec, budget: context.budget })
  const groups: PacketGroup[] = []
  track.attach({ id: 1, push: group => groups.push(group) })
  let brokenCount = 0
  const found: string[] = []
  const errors: unknown[] = []
  const receiver = new TrackReceiver({
    lossy,
    anyPayloadType,
    track,
    continuity: { ssrc: 1, nextSequenceNumber: 1 },
    clock,
    sourceClock,
    broken: () => brokenCount++,
    mislabelled: seen => found.push(seen),
    failed: error => errors.push(error),
  })
  const sequence = () => groups.flatMap(({ packets }) => packets.map(packet => packet.sequenceNumber))
  return { clock, track, receiver, errors, groups, sequence, found, broken: () => brokenCount }
}

test('packets reach the track, and those of another payload type do not', () => {
  const { receiver, sequence } = setUp()
  for (const packet of [rtpPacket(96, 1, idr), rtpPacket(97, 2, idr), rtpPacket(96, 3, idr)]) receiver.rtp(packet)
  expect(sequence()).toEqual([1, 3])
})

test('packets of any payload type reach the track where there is one codec only', () => {
  const { receiver, sequence } = setUp({ anyPayloadType: true })
  for (const packet of [rtpPacket(96, 1, idr), rtpPacket(97, 2, idr)]) receiver.rtp(packet)
  expect(sequence()).toEqual([1, 2])
})

test('packets of a carrier that may lose them are put in order, and what is missing is counted', async () => {
  const { receiver, sequence, clock } = setUp({ lossy: true })
  for (const number of [1, 3, 2, 5]) receiver.rtp(rtpPacket(96, number, idr))
  expect(sequence()).toEqual([1, 2, 3])
  await clock.advance(100)
  expect(sequence()).toEqual([1, 2, 3, 5])
  expect(receiver.lostCount).toBe(1)
  receiver.rtp(rtpPacket(96, 7, idr))
  receiver[Symbol.dispose]()
  expect(clock.timerCount).toBe(0)
})

test('a report tells what came, and answers the last one of the camera', async () => {
  const { receiver, clock } = setUp()
  expect(receiver.report()).toBeUndefined()
  receiver.rtp(rtpPacket(96, 1, idr))
  // Some cameras send both on one port.
  receiver.rtp(senderReport)
  await clock.advance(1000)
  expect(receiver.report()).toMatchObject({
    ssrc: 0xcafe,
    highestSequence: 1,
    lastSenderReport: middleOf(ntpTime),
    delaySinceLastSenderReport: 65_536,
  })
})

test('tracks of one connection are put together by the camera’s reports', () => {
  const clock = new HeldClock()
  const sourceClock = new SourceClock()
  const [one, other] = [setUp({ clock, sourceClock }), setUp({ clock, sourceClock })]
  const report = (rtpTimestamp: number) =>
    formatRtcp([{ type: 'SR', ssrc: 0xcafe, ntpTime, rtpTimestamp, packetCount: 0, octetCount: 0, reports: [] }])
  one.receiver.rtcp(report(3600))
  other.receiver.rtcp(report(3600 - 900))
  for (const { receiver } of [one, other]) for (const number of [1, 2]) receiver.rtp(rtpPacket(96, number, idr))
  // At one moment one shows 3600 and the other 10 ms less: the same numbers are 10 ms apart.
  expect(other.groups.at(-1)!.time - one.groups.at(-1)!.time).toBe(900)
})

test('packets of another codec are noticed, once', () => {
  const { receiver, found } = setUp()
  for (let number = 0; number < 30; number++) receiver.rtp(rtpPacket(96, number, Buffer.from('020103', 'hex')))
  expect(found).toEqual(['H265'])
})

test('whatever comes is taken or counted as broken', () => {
  const inputs = [rtpPacket(96, 1, idr), senderReport]
  fc.assert(
    fc.property(
      fc.array(fc.tuple(spoiledBytes(inputs), fc.boolean()), { maxLength: 20 }),
      fc.boolean(),
      (all, lossy) => {
        const { receiver, sequence, broken } = setUp({ lossy })
        for (const [bytes, isRtp] of all) isRtp ? receiver.rtp(bytes) : receiver.rtcp(bytes)
        expect(sequence().length + broken()).toBeLessThanOrEqual(all.length)
        receiver[Symbol.dispose]()
      },
    ),
  )
})

test.each([false, true])('a mistake behind the track is told, and thrown at nobody (lossy: %s)', async lossy => {
  const { clock, track, receiver, errors } = setUp({ lossy })
  const mistake = new TypeError('somebody who watches is broken')
  track.attach({
    id: 2,
    push() {
      throw mistake
    },
  })
  receiver.rtp(rtpPacket(96, 1, idr))
  receiver.rtp(rtpPacket(96, 3, idr))
  // What waits for the packet in between goes on by a timer.
  await clock.advance(1000)
  expect(errors).toEqual([mistake, mistake])
})
