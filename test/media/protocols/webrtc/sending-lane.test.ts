import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type PacketTrack, Track } from '#media/core/track.ts'
import type { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import type { SentMedia } from '#media/protocols/webrtc/negotiated-media.ts'
import { PeerTalk } from '#media/protocols/webrtc/peer-talk.ts'
import { SendingLane } from '#media/protocols/webrtc/sending-lane.ts'
import { packetGroup, pcmu } from '#test/helpers/hand-fed-stream.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

const sent: SentMedia = {
  payloads: [
    { codec: pcmu, payloadType: 0 },
    { codec: { ...pcmu, name: 'PCMA' }, payloadType: 8 },
  ],
  ssrc: 7,
}

const setUp = () => {
  const clock = new HeldClock()
  const packets: Buffer[] = []
  const ice = {
    selected: { pendingBytes: 0 },
    send: (all: readonly Buffer[]) => {
      packets.push(...all.map(one => Buffer.from(one)))
      return false
    },
  } as unknown as IceSession
  let bytes = 0
  const lane = new SendingLane({
    ...{ sent, clock, ice, stuck() {} },
    count: more => {
      bytes += more
    },
    failed: error => {
      throw error
    },
  })
  const keys = { sessionKey: randomBytes(16), sessionSalt: randomBytes(14), authenticationKey: randomBytes(20) }
  const begin = (): void =>
    lane.begin({
      protection: { keys, protectRtcp: () => Buffer.from('report') },
      ...{ wallTimeAtZero: 0, canonicalName: 'us' },
    })
  const types = () => packets.filter(one => String(one) !== 'report').map(one => one[1]! & 0x7f)
  return { clock, lane, packets, begin, types, bytes: () => bytes }
}

const trackOf = (): PacketTrack => new Track({ form: 'packets', codec: pcmu, budget: { bytesMax: 1e6, bytesUsed: 0 } })
const say = (track: PacketTrack, number: number): void => track.push(packetGroup(0, number, 'word', true))

test('before the peer is there a track is kept and nothing leaves; then what comes from now on', () => {
  const { lane, begin, types, bytes } = setUp()
  const track = trackOf()
  lane.feed(track, sent.payloads[0]!)
  say(track, 1)
  expect([track.idle, types().length]).toEqual([false, 0])
  begin()
  say(track, 2)
  expect(types()).toEqual([0])
  expect(bytes()).toBe(4)
  lane[Symbol.dispose]()
  expect(track.idle).toBe(true)
})

test('another track takes over at once where it is fed, and at its next keyframe where it is moved to', () => {
  const { lane, begin, types } = setUp()
  const [one, two, three] = [trackOf(), trackOf(), trackOf()]
  begin()
  lane.feed(one, sent.payloads[0]!)
  say(one, 1)
  lane.feed(two, sent.payloads[1]!)
  expect(one.idle).toBe(true)
  say(two, 1)
  lane.moveTo(three)
  say(two, 2)
  say(three, 1)
  expect(two.idle).toBe(true)
  expect(types()).toEqual([0, 8, 8, 8])
})

test('reports are made of what is sent, and only while something is', () => {
  const { lane, begin, packets } = setUp()
  const track = trackOf()
  begin()
  lane.report()
  expect(packets).toHaveLength(0)
  lane.feed(track, sent.payloads[0]!)
  lane.report()
  expect(packets.map(String)).toEqual(['report'])
})

test('a talk counts from its own beginning, and its end does not end the next one', () => {
  const { lane, begin } = setUp()
  const [one, two] = [trackOf(), trackOf()]
  begin()
  const first = new PeerTalk(lane, one, sent.payloads[0]!)
  say(one, 1)
  say(one, 2)
  first[Symbol.dispose]()
  expect(one.idle).toBe(true)
  const second = new PeerTalk(lane, two, sent.payloads[1]!)
  say(two, 1)
  first[Symbol.dispose]()
  say(two, 2)
  expect([first.sentCount, second.sentCount, second.codec.name, second.parentId]).toEqual([2, 2, 'PCMA', two.id])
  expect(second.sentBytes).toBeGreaterThan(0)
})

test('pictures out of their order are noticed, and going back to a keyframe is not one', () => {
  const { lane, begin } = setUp()
  const track = trackOf()
  begin()
  lane.feed(track, sent.payloads[0]!)
  const show = (number: number, keyframe: boolean): void => track.push(packetGroup(0, number, 'x', keyframe))
  for (const [number, keyframe] of [
    [1, true],
    [2, false],
    [1, true],
    [2, false],
  ] as const)
    show(number, keyframe)
  expect(lane.hasReordering).toBe(false)
  for (const number of [5, 3, 4]) show(number, false)
  expect(lane.hasReordering).toBe(true)
  expect(lane.fact('0')).toMatchObject({ mid: '0', codec: 'PCMU', packets: 7 })
})
