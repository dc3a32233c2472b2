import { describe, expect, test } from 'vitest'
import { asPackets } from '#media/codecs/adapt.ts'
import { asSpeakerUnits, asTranscoded, canTranscode, transcodedCodec } from '#media/codecs/transcode.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { type PacketTrack, Track, type UnitTrack } from '#media/core/track.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

const codec = (name: string, clockRate: number, channels = 0): Codec => ({
  kind: 'audio',
  name,
  clockRate,
  channels,
  formatParameters: '',
})
const budget = { bytesMax: 1e6, bytesUsed: 0 }
const unitTrack = (of: Codec): UnitTrack => new Track({ form: 'units', codec: of, budget })
const packetTrack = (of: Codec): PacketTrack => new Track({ form: 'packets', codec: of, budget })
const outlet = (into: AccessUnit[]) => ({ id: 1, push: (unit: AccessUnit) => into.push(unit) })

test.each([
  { offered: codec('L16', 44_100, 2), wanted: codec('PCMA', 8000, 1), can: true },
  { offered: codec('PCMU', 16_000), wanted: codec('PCMU', 8000), can: true },
  { offered: codec('PCMA', 8000), wanted: codec('PCML', 0), can: true },
  { offered: codec('PCMA', 8000), wanted: codec('PCMA', 8000), can: true },
  { offered: codec('OPUS', 48_000, 2), wanted: codec('PCMA', 8000), can: false },
  { offered: codec('PCMA', 8000), wanted: codec('OPUS', 48_000, 2), can: false },
  { offered: codec('L16', 48_000, 6), wanted: codec('PCMA', 8000, 1), can: false },
  { offered: codec('PCMA', 8000), wanted: codec('ANY', 0), can: false },
])('$offered.name/$offered.clockRate for $wanted.name/$wanted.clockRate: $can', ({ offered, wanted, can }) => {
  expect(canTranscode(offered, wanted)).toBe(can)
})

test('what a wish leaves open stays as it is offered', () => {
  expect(transcodedCodec(codec('L16', 16_000, 2), codec('PCML', 0))).toEqual(codec('PCML', 16_000, 2))
})

describe('a track of samples', () => {
  test('is transcoded once for all who ask for the same', () => {
    const source = packetTrack(codec('PCMA', 8000, 1))
    const slow = asTranscoded(source, codec('PCMU', 8000))!
    const fast = asTranscoded(source, codec('PCMU', 16_000))!
    const stereo = asTranscoded(source, codec('PCMU', 8000, 2))!
    expect(asTranscoded(source, codec('PCMU', 8000))).toBe(slow)
    expect(new Set([slow, fast, stereo]).size).toBe(3)
    const given: [AccessUnit[], AccessUnit[], AccessUnit[]] = [[], [], []]
    for (const [index, track] of [slow, fast, stereo].entries()) track.attach(outlet(given[index]!))
    source.push(groupOf([Buffer.alloc(160, 0xd5)], { time: 800 }))
    expect(given.map(units => units.map(unit => unit.decodingTime))).toEqual([[800], [1600], [800]])
    expect(given.map(units => units[0]!.sizeBytes)).toEqual([160, 284, 320])
  })

  test('is taken as it is where nothing is to be changed', () => {
    const source = unitTrack(codec('PCMA', 8000))
    expect(asTranscoded(source, codec('PCMA', 8000, 1))).toBe(source)
    expect(asTranscoded(source, codec('OPUS', 48_000))).toBeUndefined()
  })

  test('lets its source go with its last outlet', () => {
    const source = packetTrack(codec('PCMA', 8000))
    const transcoded = asTranscoded(source, codec('L16', 16_000))!
    const one = outlet([])
    transcoded.attach(one)
    expect(source.idle).toBe(false)
    transcoded.detach(one)
    expect(source.idle).toBe(true)
  })

  test('leaves as packets in the codec it was made into', () => {
    const source = unitTrack(codec('PCML', 16_000, 1))
    const packets = asPackets(asTranscoded(source, codec('PCMA', 8000))!)!
    const given: PacketGroup[] = []
    packets.attach({ id: 1, push: group => given.push(group) })
    source.push(frameUnit(Buffer.alloc(640), 16_000))
    expect(packets.codec).toMatchObject({ name: 'PCMA', clockRate: 8000, channels: 1 })
    expect(given[0]?.packets[0]?.payload.every(byte => byte === 0xd5)).toBe(true)
  })

  test('comes in units of 1024 bytes for a speaker', () => {
    const source = unitTrack(codec('PCMA', 8000))
    const units: AccessUnit[] = []
    asSpeakerUnits(source)!.attach(outlet(units))
    for (let i = 0; i < 16; i++) source.push(frameUnit(Buffer.alloc(160, i), i * 160))
    expect(units.map(unit => [unit.decodingTime, unit.sizeBytes])).toEqual([
      [0, 1024],
      [1024, 1024],
    ])
    expect(asSpeakerUnits(unitTrack(codec('OPUS', 48_000)))).toBeUndefined()
  })
})
