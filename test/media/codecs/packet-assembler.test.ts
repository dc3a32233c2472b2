import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PacketAssembler } from '#media/codecs/packet-assembler.ts'
import { codecSpec, staticCodec } from '#media/codecs/registry.ts'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track } from '#media/core/track.ts'
import { RtpPacket } from '#media/rtp/rtp-packet.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { type PacketFields, rtpPacket } from '#test/helpers/rtp-packets.ts'

const video: Codec = {
  kind: 'video',
  name: 'H264',
  clockRate: 90_000,
  channels: 0,
  formatParameters: '',
  payloadType: 96,
}
const idr = Buffer.from('6588aa', 'hex')
const sps = Buffer.from('6742c0', 'hex')
const pps = Buffer.from('68ce', 'hex')
const slice = Buffer.from('419aaa', 'hex')
/** The held clock begins at 1 s. */
const START = 90_000

const setUp = (codec = video, continuity = { ssrc: 7, nextSequenceNumber: 1000 }) => {
  const clock = new HeldClock()
  const track: PacketTrack = new Track({ form: 'packets', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })
  const groups: PacketGroup[] = []
  track.attach({ id: 1, push: group => groups.push(group) })
  const assembler = new PacketAssembler({ track, codec, spec: codecSpec(codec.name), clock, continuity })
  const push = (...packets: readonly PacketFields[]): void => {
    for (const fields of packets) assembler.push(rtpPacket(fields))
  }
  /** Sequence numbers and timestamps as they leave. */
  const leaving = () =>
    groups.flatMap(group =>
      group.packets.map(packet => [
        (packet.sequenceNumber + group.numbering.sequenceOffset) & 0xffff,
        (packet.timestamp + group.numbering.timestampOffset) >>> 0,
      ]),
    )
  return { clock, assembler, groups, push, leaving, continuity }
}

describe('grouping', () => {
  test('a picture ends with its marker', () => {
    const { groups, push } = setUp()
    push({ payload: idr, sequenceNumber: 1 }, { payload: slice, sequenceNumber: 2, marker: true })
    push({ payload: slice, sequenceNumber: 3, timestamp: 3600, marker: true })
    expect(groups.map(group => [group.packets.length, group.keyframe, group.complete])).toEqual([
      [2, true, true],
      [1, false, true],
    ])
  })

  test.each([
    { name: 'whole when no packet is missing', next: 2, complete: true },
    { name: 'unfinished when one is', next: 3, complete: false },
  ])('a picture without marker ends with the next timestamp, and is $name', ({ next, complete }) => {
    const { groups, push } = setUp()
    push({ payload: slice, sequenceNumber: 1 }, { payload: slice, sequenceNumber: next, timestamp: 3600 })
    expect(groups.map(group => group.complete)).toEqual([complete])
  })

  test('parameter sets with markers of their own begin the keyframe they lead', () => {
    const { groups, push } = setUp()
    push({ payload: sps, sequenceNumber: 1, marker: true }, { payload: pps, sequenceNumber: 2, marker: true })
    expect(groups).toEqual([])
    push({ payload: idr, sequenceNumber: 3, marker: true })
    expect(groups.map(group => [group.packets.length, group.keyframe])).toEqual([[3, true]])
  })

  test('a long SEI in pieces does not hide the keyframe behind it', () => {
    const { groups, push } = setUp()
    const [begin, end] = ['7c8605ff', '7c46ff80'].map(hex => Buffer.from(hex, 'hex'))
    push({ payload: begin!, sequenceNumber: 1 }, { payload: end!, sequenceNumber: 2 })
    push({ payload: sps, sequenceNumber: 3 }, { payload: idr, sequenceNumber: 4, marker: true })
    expect(groups.map(group => [group.packets.length, group.keyframe])).toEqual([[4, true]])
  })

  test('parameter sets before any other picture begin no keyframe', () => {
    const { groups, push } = setUp()
    push({ payload: sps, sequenceNumber: 1 }, { payload: slice, sequenceNumber: 2, marker: true })
    expect(groups.map(group => group.keyframe)).toEqual([false])
  })

  test('a long keyframe goes on in pieces, of which the first says what it is', () => {
    const { groups, push } = setUp()
    const first = Buffer.concat([Buffer.from('7c8588', 'hex'), Buffer.alloc(40_000)])
    const rest = Buffer.concat([Buffer.from('7c05', 'hex'), Buffer.alloc(40_000)])
    push({ payload: first, sequenceNumber: 1 }, { payload: rest, sequenceNumber: 2 })
    push({ payload: rest, sequenceNumber: 3 }, { payload: rest, sequenceNumber: 4, marker: true })
    expect(groups.map(group => [group.packets.length, group.keyframe, group.complete, group.time])).toEqual([
      [2, true, false, START],
      [2, false, true, START],
    ])
  })

  test('a slow keyframe goes on in pieces', async () => {
    const { groups, push, clock } = setUp()
    push({ payload: idr, sequenceNumber: 1 })
    await clock.advance(11)
    push({ payload: slice, sequenceNumber: 2 })
    push({ payload: slice, sequenceNumber: 3, marker: true })
    expect(groups.map(group => [group.packets.length, group.complete, group.arrivedAt])).toEqual([
      [2, false, 1011],
      [1, true, 1011],
    ])
  })

  test('each packet of sound goes at once', () => {
    const { groups, push } = setUp(staticCodec(8))
    push({ payload: Buffer.alloc(160), payloadType: 8 })
    expect(groups.map(group => [group.keyframe, group.complete, group.time])).toEqual([[true, true, 8000]])
  })

  test('sound does not keep the pictures it came with in memory', () => {
    const heldBy = (codec: Codec, kind: 'audio' | 'video'): number => {
      const { assembler, groups } = setUp({ ...codec, kind, payloadType: 0 })
      const slab = Buffer.alloc(10_000)
      const { buffer } = rtpPacket({ payload: idr, payloadType: 0, marker: true })
      slab.set(buffer, 5000)
      assembler.push(RtpPacket.parse(slab.subarray(5000, 5000 + buffer.length)))
      expect(groups[0]!.packets[0]!.buffer).toEqual(buffer)
      return groups[0]!.packets[0]!.buffer.buffer.byteLength
    }
    expect([heldBy(video, 'audio'), heldBy(video, 'video')]).toEqual([15, 10_000])
  })

  test('every picture of an unknown codec counts as a keyframe', () => {
    const { groups, push } = setUp({ ...video, name: 'H261' })
    push({ payload: slice, marker: true })
    expect(groups.map(group => group.keyframe)).toEqual([true])
  })

  test('packets of another payload type are ignored', () => {
    const { groups, push } = setUp()
    push({ payload: idr, payloadType: 97, marker: true })
    expect(groups).toEqual([])
  })
})

describe('the timeline', () => {
  test('begins at the clock and follows the timestamps around their end', () => {
    const { groups, push } = setUp()
    push({ payload: idr, sequenceNumber: 1, timestamp: 2 ** 32 - 1800, marker: true })
    push({ payload: slice, sequenceNumber: 2, timestamp: 1800, marker: true })
    push({ payload: slice, sequenceNumber: 3, timestamp: 0, marker: true })
    expect(groups.map(group => group.time)).toEqual([START, START + 3600, START + 1800])
  })

  test.each([
    { name: 'ahead by more than 10 s', jump: 11 * 90_000 },
    { name: 'back by more than 1 s', jump: -2 * 90_000 },
  ])('begins anew at the clock after a jump $name', async ({ jump }) => {
    const { groups, push, clock, leaving } = setUp()
    push({ payload: idr, sequenceNumber: 1, timestamp: 500_000, marker: true })
    await clock.advance(40)
    push({ payload: slice, sequenceNumber: 2, timestamp: 500_000 + jump, marker: true })
    expect(groups.map(group => group.time)).toEqual([START, START + 3600])
    expect(leaving()).toEqual([
      [1000, START],
      [1001, START + 3600],
    ])
  })

  test('never begins anew before what has been', () => {
    const { groups, push } = setUp()
    push({ payload: idr, sequenceNumber: 1, timestamp: 0, marker: true })
    push({ payload: slice, sequenceNumber: 2, timestamp: 9 * 90_000, marker: true })
    push({ payload: slice, sequenceNumber: 3, timestamp: 0, marker: true })
    expect(groups.map(group => group.time)).toEqual([START, START + 9 * 90_000, START + 9 * 90_000 + 1])
  })
})

describe('numbering', () => {
  test('goes on where the connection before ended', () => {
    const { push, leaving, continuity } = setUp(video, { ssrc: 7, nextSequenceNumber: 65_535 })
    push({ payload: idr, sequenceNumber: 42, marker: true })
    push({ payload: slice, sequenceNumber: 43, timestamp: 3600, marker: true })
    expect(leaving().map(([sequence]) => sequence)).toEqual([65_535, 0])
    expect(continuity.nextSequenceNumber).toBe(1)
  })

  test('keeps the gaps of the source', () => {
    const { push, leaving, continuity } = setUp()
    push({ payload: idr, sequenceNumber: 42, marker: true })
    push({ payload: slice, sequenceNumber: 45, timestamp: 3600, marker: true })
    expect(leaving().map(([sequence]) => sequence)).toEqual([1000, 1003])
    expect(continuity.nextSequenceNumber).toBe(1004)
  })

  test('closes over a sender that starts over', () => {
    const { push, leaving, groups } = setUp()
    push({ payload: idr, sequenceNumber: 42, timestamp: 777, marker: true })
    push({ payload: idr, sequenceNumber: 9000, timestamp: 5, ssrc: 0xbeef, marker: true })
    push({ payload: slice, sequenceNumber: 20_000, timestamp: 3605, ssrc: 0xbeef, marker: true })
    expect(leaving().map(([sequence]) => sequence)).toEqual([1000, 1001, 1002])
    expect(groups.map(group => group.time)).toEqual([START, START + 1, START + 3601])
    expect(groups.every(group => group.numbering.ssrc === 7)).toBe(true)
  })

  test('does not go back for a packet that comes late', () => {
    const { push, continuity } = setUp()
    push({ payload: slice, sequenceNumber: 10 }, { payload: slice, sequenceNumber: 12 })
    push({ payload: slice, sequenceNumber: 11 })
    expect(continuity.nextSequenceNumber).toBe(1003)
  })
})

test('any packets pass without throwing, each at most once', () => {
  const fields = fc.record({
    payload: fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
    marker: fc.boolean(),
    sequenceNumber: fc.nat(65_535),
    timestamp: fc.oneof(fc.nat(10_000), fc.nat(2 ** 32 - 1)),
    ssrc: fc.nat(2),
  })
  fc.assert(
    fc.property(fc.array(fields, { maxLength: 40 }), packets => {
      const { push, groups } = setUp()
      push(...packets)
      const count = groups.reduce((sum, group) => sum + group.packets.length, 0)
      expect(count).toBeLessThanOrEqual(packets.length)
      expect(groups.every(group => Number.isSafeInteger(group.time) && group.packets.length > 0)).toBe(true)
    }),
  )
})
