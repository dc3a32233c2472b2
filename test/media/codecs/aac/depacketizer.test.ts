import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AacDepacketizer } from '#media/codecs/aac/depacketizer.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

const codec: Codec = {
  kind: 'audio',
  name: 'MPEG4-GENERIC',
  clockRate: 48_000,
  channels: 2,
  formatParameters: 'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190',
}
const run = (groups: readonly PacketGroup[], of = codec): AccessUnit[] => {
  const depacketizer = new AacDepacketizer(of)
  const units: AccessUnit[] = []
  for (const group of groups) depacketizer.push(group, unit => units.push(unit))
  return units
}
/** AU headers of 13 + 3 bits, then the data. */
const payload = (sizes: readonly number[], data: Buffer): Buffer => {
  const headers = Buffer.alloc(2 + sizes.length * 2)
  headers.writeUInt16BE(sizes.length * 16)
  for (const [index, size] of sizes.entries()) headers.writeUInt16BE(size << 3, 2 + index * 2)
  return Buffer.concat([headers, data])
}
const hexes = (units: readonly AccessUnit[]): string[] => units.map(unit => unit.sample.toString('hex'))

describe('the AAC depacketizer', () => {
  test('gives each frame of a packet its time', () => {
    const units = run([groupOf([payload([2, 3], Buffer.from('aaaabbbbbb', 'hex'))], { time: 1000 })])
    expect(hexes(units)).toEqual(['aaaa', 'bbbbbb'])
    expect(units.map(unit => unit.decodingTime)).toEqual([1000, 2024])
    expect(units[1]?.configuration).toBe(units[0]?.configuration)
    expect(units[0]?.configuration).toEqual([Buffer.from('1190', 'hex')])
  })

  test('counts frames of HE-AAC in ticks of the doubled rate', () => {
    const he = { ...codec, clockRate: 44_100, formatParameters: 'config=2b920800' }
    const units = run([groupOf([payload([1, 1], Buffer.of(1, 2))], { time: 0 })], he)
    expect(units.map(unit => unit.decodingTime)).toEqual([0, 2048])
  })

  test('joins a frame that goes over several packets', () => {
    const units = run([
      groupOf([payload([5], Buffer.of(1, 2, 3))], { time: 0, firstSequenceNumber: 0 }),
      groupOf([payload([5], Buffer.of(4, 5))], { time: 0, firstSequenceNumber: 1 }),
    ])
    expect(hexes(units)).toEqual(['0102030405'])
  })

  test('drops a frame of which a piece is missing, and goes on with the next', () => {
    const units = run([
      groupOf([payload([5], Buffer.of(1, 2, 3))], { time: 0, firstSequenceNumber: 0 }),
      groupOf([payload([5], Buffer.of(4, 5))], { time: 0, firstSequenceNumber: 2 }),
      groupOf([payload([1], Buffer.of(6))], { time: 1024, firstSequenceNumber: 3 }),
    ])
    expect(hexes(units)).toEqual(['06'])
  })

  test('gives a frame up that is cut into more pieces than there are', () => {
    const pieces = (count: number): PacketGroup[] =>
      Array.from({ length: count }, (_, index) =>
        groupOf([payload([2], Buffer.alloc(index === 0 || index === count - 1 ? 1 : 0))], {
          firstSequenceNumber: index,
        }),
      )
    expect(run(pieces(2048))).toHaveLength(1)
    expect(run(pieces(2049))).toEqual([])
  })

  test('takes ADTS in place of AU headers', () => {
    const frame = Buffer.from('fff14c8001bffc', 'hex')
    const adts = Buffer.concat([frame, Buffer.alloc(6, 0xab)])
    expect(hexes(run([groupOf([Buffer.concat([adts, adts])])]))).toEqual(['abababababab', 'abababababab'])
  })

  test('takes ADTS headers off frames', () => {
    const adts = Buffer.concat([Buffer.from('fff14c8001bffc', 'hex'), Buffer.alloc(6, 0xab)])
    expect(hexes(run([groupOf([payload([13], adts)])]))).toEqual(['abababababab'])
  })

  test('reads the sizes of AAC-lbr', () => {
    const lbr = { ...codec, formatParameters: 'sizelength=6;indexlength=2;indexdeltalength=2;config=1190' }
    const bytes = Buffer.from([0, 16, (2 << 2) | 0, (1 << 2) | 0, 0xaa, 0xaa, 0xbb])
    expect(hexes(run([groupOf([bytes])], lbr))).toEqual(['aaaa', 'bb'])
  })

  test('gives units that own their bytes', () => {
    const lent = payload([2], Buffer.from('aaaa', 'hex'))
    const [unit] = run([groupOf([lent])])
    expect(unit?.sample.buffer.byteLength).toBe(2)
  })

  test('takes any payload without throwing, and never goes back in time', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map(rest => Buffer.from(rest)),
      fc.uint8Array({ maxLength: 40 }).map(rest => Buffer.from([0, 16, ...rest])),
      fc.uint8Array({ maxLength: 40 }).map(rest => Buffer.from([0xff, 0xf1, ...rest])),
    )
    const group = fc.tuple(fc.array(bytes, { minLength: 1, maxLength: 3 }), fc.nat(5000))
    fc.assert(
      fc.property(fc.array(group, { maxLength: 6 }), groups => {
        const units = run(groups.map(([payloads, time]) => groupOf(payloads, { time })))
        for (const [index, unit] of units.entries())
          if (index > 0) expect(unit.decodingTime).toBeGreaterThan(units[index - 1]!.decodingTime)
      }),
      { numRuns: 300 },
    )
  })
})
