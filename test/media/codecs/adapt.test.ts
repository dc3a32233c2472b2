import { describe, expect, test } from 'vitest'
import { announcedCodec, asPackets, asUnits } from '#media/codecs/adapt.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track, type UnitTrack } from '#media/core/track.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

const budget = { bytesMax: 1e8, bytesUsed: 0 }
const fixture = fixtureTrack('h264-slices.mp4', 'video')
const units = unitsOf(fixture, 2 ** 32 - 50_000)
const unitTrack = (codec = fixture.codec): UnitTrack => new Track({ form: 'units', codec, budget })
const packetTrack = (codec: Codec): PacketTrack => new Track({ form: 'packets', codec, budget })

/** Everything an outlet of this track gets from now on. */
const collect = <Unit>(track: { attach(outlet: { id: number; push(unit: Unit): void }): void }): Unit[] => {
  const got: Unit[] = []
  track.attach({ id: 1, push: unit => got.push(unit) })
  return got
}

describe('a track of units as packets', () => {
  test('is one RTP stream with the low 32 bits of the presentation times', () => {
    const source = unitTrack()
    const packets = asPackets(source)!
    expect(packets.codec).toMatchObject({ name: 'H264', payloadType: 96 })
    const groups: PacketGroup[] = collect(packets)
    for (const unit of units) source.push(unit)
    expect(groups.map(group => group.keyframe)).toEqual(units.map(unit => unit.keyframe))
    const all = groups.flatMap(group => group.packets)
    const first = all[0]!
    for (const [index, packet] of all.entries()) {
      expect(packet.sequenceNumber).toBe((first.sequenceNumber + index) & 0xffff)
      expect(packet.ssrc).toBe(groups[0]!.numbering.ssrc)
    }
    for (const [index, group] of groups.entries()) {
      expect(group.time).toBe(units[index]!.decodingTime)
      expect(group.packets[0]!.timestamp).toBe(units[index]!.decodingTime >>> 0)
      expect(group.packets.map(packet => packet.marker).lastIndexOf(true)).toBe(group.packets.length - 1)
      expect(group.packets.filter(packet => packet.marker)).toHaveLength(1)
    }
    // The timestamps have wrapped on the way.
    expect(Math.min(...all.map(packet => packet.timestamp))).toBeLessThan(first.timestamp)
  })

  test('goes on counting where a track before it has stopped', () => {
    const sequence = { ssrc: 7, nextSequenceNumber: 0xffff }
    const numbers = [0, 1].flatMap(() => {
      const source: UnitTrack = new Track({ form: 'units', codec: fixture.codec, budget, sequence })
      const groups: PacketGroup[] = collect(asPackets(source)!)
      const resized: PacketGroup[] = collect(asPackets(source, 500)!)
      source.push(units[0]!)
      expect([groups[0]!.numbering.ssrc, resized[0]!.numbering.ssrc === 7]).toEqual([7, false])
      return groups[0]!.packets.map(packet => packet.sequenceNumber)
    })
    expect(numbers).toEqual(numbers.map((_, index) => (0xffff + index) & 0xffff))
    expect(sequence.nextSequenceNumber).toBe((0xffff + numbers.length) & 0xffff)
  })

  test('and back are the units', () => {
    const source = unitTrack()
    const back: AccessUnit[] = collect(asUnits(asPackets(source)!)!)
    for (const unit of units) source.push(unit)
    expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
    expect(back.map(unit => unit.decodingTime)).toEqual(units.map(unit => unit.decodingTime))
  })

  test('of a size that a player asks for is shared, and takes nothing of the budget', () => {
    const own = { bytesMax: 1e8, bytesUsed: 0 }
    const source: UnitTrack = new Track({ form: 'units', codec: fixture.codec, budget: own })
    for (const unit of units.slice(0, 5)) source.push(unit)
    const before = own.bytesUsed
    for (let size = 64; size < 164; size++) {
      const packets = asPackets(source, size)!
      const groups: PacketGroup[] = collect(packets)
      expect(asPackets(source, size)).toBe(packets)
      source.push(units[5]!)
      expect([groups.length, packets.cache.units.length]).toEqual([1, 0])
    }
    expect(own.bytesUsed).toBe(before + 100 * units[5]!.sizeBytes)
  })

  test('begins with what is cached, and is shared', () => {
    const source = unitTrack()
    for (const unit of units.slice(0, 5)) source.push(unit)
    const packets = asPackets(source)!
    expect(packets.cache.units).toHaveLength(5)
    expect(asPackets(source)).toBe(packets)
    packets[Symbol.dispose]()
  })
})

test('a track that has the wanted form is taken as it is', () => {
  const source = unitTrack()
  const packets = packetTrack(fixture.codec)
  expect(asUnits(source)).toBe(source)
  expect(asPackets(packets)).toBe(packets)
})

test('packets that can be announced as they are stay as they are', () => {
  const mp3: Codec = { kind: 'audio', name: 'MPA', clockRate: 90_000, channels: 0, formatParameters: '' }
  const packets = packetTrack(mp3)
  expect(asPackets(packets)).toBe(packets)
})

test.each(['FLAC', 'RAW'])('%s has no form in RTP', name => {
  const codec = { ...fixture.codec, name }
  expect(asPackets(unitTrack(codec))).toBeUndefined()
  expect(asUnits(packetTrack(codec))).toBeUndefined()
})

test('a codec that is only passed on has no other form', () => {
  const codec = { ...fixture.codec, name: 'H261' }
  expect(asUnits(packetTrack(codec))).toBeUndefined()
  expect(asPackets(unitTrack(codec))).toBeUndefined()
})

describe('a codec that RTP knows under another name', () => {
  const pcml: Codec = { kind: 'audio', name: 'PCML', clockRate: 16_000, channels: 1, formatParameters: '' }
  const bytes = Buffer.from(Array.from({ length: 3000 }, (_, i) => i))

  test('is sent and announced under that one, whatever form it came in', () => {
    const source = unitTrack(pcml)
    const camera = packetTrack(pcml)
    const sent = [asPackets(source)!, asPackets(camera)!].map(packets => ({ packets, groups: collect(packets) }))
    source.push(frameUnit(bytes, 1000))
    camera.push(groupOf([bytes], { time: 1000 }))
    for (const { packets, groups } of sent) {
      expect(packets.codec).toEqual({ ...pcml, name: 'L16', payloadType: 96 })
      expect(groups.map(group => group.time)).toEqual([1000, 1730, 2460])
      const payloads = groups.flatMap(group => group.packets.map(({ payload }) => payload))
      expect(Buffer.concat(payloads)).toEqual(Buffer.from(bytes).swap16())
    }
  })

  test('is sent in the clock of that one', () => {
    const source = unitTrack({ ...pcml, name: 'MPA', clockRate: 44_100 })
    const packets = asPackets(source)!
    const groups = collect(packets)
    source.push(frameUnit(bytes.subarray(0, 1000), 44_100))
    expect(packets.codec).toMatchObject({ name: 'MPA', clockRate: 90_000, channels: 0 })
    expect(groups.map(group => [group.time, group.packets[0]?.timestamp])).toEqual([[90_000, 90_000]])
  })

  test('is told before there is a track', () => {
    expect(announcedCodec(pcml).name).toBe('L16')
    expect(announcedCodec(fixture.codec)).toBe(fixture.codec)
  })
})
