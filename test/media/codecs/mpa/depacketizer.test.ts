import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MpaDepacketizer } from '#media/codecs/mpa/depacketizer.ts'
import { staticCodec } from '#media/codecs/registry.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { transformed } from '#test/helpers/access-units.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

const codec = staticCodec(14)!
const run = (groups: readonly PacketGroup[]): AccessUnit[] => transformed(new MpaDepacketizer(codec), groups)
/** MPEG-2 layer 3 at 8 kbit/s and 24 000 Hz, mono: 24 bytes, 24 ms. */
const frame = (content: number): Buffer => Buffer.concat([Buffer.from('fff314c0', 'hex'), Buffer.alloc(20, content)])
const payload = (offset: number, ...data: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(0, 0, offset >> 8, offset & 0xff), ...data])

describe('the depacketizer of MPEG audio', () => {
  test('gives each frame of a packet its time', () => {
    const units = run([groupOf([payload(0, frame(1), frame(2))], { time: 1000 })])
    expect(units.map(unit => unit.sample)).toEqual([frame(1), frame(2)])
    expect(units.map(unit => unit.decodingTime)).toEqual([1000, 3160])
    expect(units[0]).toMatchObject({
      keyframe: true,
      framing: 'frame',
      configuration: [Buffer.from('fff314c0', 'hex')],
    })
    expect(units[1]?.configuration).toBe(units[0]?.configuration)
    expect(units[0]?.sample.buffer.byteLength).toBe(24)
  })

  test('tells another format by another configuration', () => {
    const faster = Buffer.concat([Buffer.from('fff310c0', 'hex'), Buffer.alloc(22)])
    const units = run([groupOf([payload(0, frame(1), faster, frame(2))])])
    expect(units.map(unit => unit.configuration[0]?.toString('hex'))).toEqual(['fff314c0', 'fff310c0', 'fff314c0'])
  })

  test('joins a frame that goes over several packets', () => {
    const pieces = [0, 10, 20].map(at => payload(at, frame(3).subarray(at, at + 10)))
    const groups = pieces.map((piece, i) => groupOf([piece], { time: 90, firstSequenceNumber: i }))
    const units = run(groups)
    expect(units.map(unit => [unit.decodingTime, unit.sample])).toEqual([[90, frame(3)]])
  })

  test('drops a frame of which a piece is missing, and goes on with the next', () => {
    const pieces = [0, 10, 20].map(at => payload(at, frame(3).subarray(at, at + 10)))
    const units = run([
      groupOf([pieces[0]!], { firstSequenceNumber: 0 }),
      groupOf([pieces[2]!], { firstSequenceNumber: 2 }),
      groupOf([payload(0, frame(4))], { time: 90, firstSequenceNumber: 3 }),
    ])
    expect(units.map(unit => unit.sample)).toEqual([frame(4)])
  })

  test('takes any payload without throwing, and never goes back in time', () => {
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.concat([frame(1), Buffer.of(0xff, 0xf3), bytes])),
    )
    const any = fc.tuple(fc.constantFrom(0, 0, 24, 84, 0xffff), data).map(([offset, bytes]) => payload(offset, bytes))
    const short = fc.uint8Array({ maxLength: 4 }).map(bytes => Buffer.from(bytes))
    const group = fc.tuple(fc.array(fc.oneof(any, short), { minLength: 1, maxLength: 3 }), fc.nat(5000))
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
