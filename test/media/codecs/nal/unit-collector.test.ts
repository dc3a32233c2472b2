import { describe, expect, test } from 'vitest'
import { h264Syntax } from '#media/codecs/h264/h264-syntax.ts'
import { h265Syntax } from '#media/codecs/h265/h265-syntax.ts'
import type { NalSyntax } from '#media/codecs/nal/nal-syntax.ts'
import { ParameterSets } from '#media/codecs/nal/parameter-sets.ts'
import { UnitCollector } from '#media/codecs/nal/unit-collector.ts'

const sps = '6742c00dda05825b011000000300100000030320f142aa'
const [pps, idr, second, picture, sei] = ['68ce0fc8', '6588aabb', '6540aabb', '4188aabb', '0605']

const setUp = (syntax: NalSyntax = h264Syntax) => {
  const units: string[] = []
  const sets = new ParameterSets(syntax, [])
  const collector = new UnitCollector(syntax, sets, ({ keyframe, parts, configuration }) => {
    const hex = parts.map(part => (part.length > 9 ? part.length : part.toString('hex'))).join(' ')
    units.push(`${keyframe ? 'key' : 'unit'} ${configuration.length} ${hex}`)
  })
  const push = (...nals: readonly string[]): void => {
    for (const nal of nals) collector.push(Buffer.from(nal, 'hex'))
  }
  return { units, collector, push }
}

describe('a collector of NAL units', () => {
  test('gives a unit when the next begins, or when it is told so', () => {
    const { units, collector, push } = setUp()
    push('09f0', sps, pps, sei, idr, second)
    expect([units, collector.hasPicture]).toEqual([[], true])
    push(picture)
    expect(units).toEqual([`key 2 ${sei} ${idr} ${second}`])
    collector.flush()
    collector.flush()
    expect(units.slice(1)).toEqual([`unit 2 ${picture}`])
  })

  test('remembers new parameter sets for the unit after them', () => {
    const { units, push, collector } = setUp()
    push(picture, sps, pps, idr)
    collector.flush()
    expect(units).toEqual([`unit 0 ${picture}`, `key 2 ${idr}`])
  })

  test('knows H.265 by its own rules', () => {
    const { units, push, collector } = setUp(h265Syntax)
    // A delimiter, an IDR of two slice segments, suffix SEI, prefix SEI, a picture.
    push('460150', '2601af', '260140', '500105', '4e0105', '0201d0')
    collector.flush()
    expect(units).toEqual(['key 0 2601af 260140 500105', 'unit 0 4e0105 0201d0'])
  })

  test('gives no unit with a hole in it', () => {
    const { units, push, collector } = setUp()
    push(idr)
    collector.lost()
    push(second, picture)
    collector.lost()
    collector.flush()
    expect(units).toEqual([])
    push(second, picture, picture)
    expect(units).toEqual([`unit 0 ${picture}`])
  })

  test('gives no unit above 5 MiB, none of absurdly many NAL units, and none without a picture', () => {
    const { units, push, collector } = setUp()
    for (let i = 0; i < 6; i++)
      collector.push(Buffer.concat([Buffer.of(0x65), Buffer.alloc(1024 * 1024, i === 0 ? 0xff : 1)]))
    push(picture)
    for (let i = 0; i < 2048; i++) push(second)
    collector.flush()
    push(sei)
    collector.flush()
    expect(units).toEqual([])
    push(idr)
    collector.flush()
    expect(units).toHaveLength(1)
  })

  test('passes over what is too short to have a header', () => {
    const { units, push, collector } = setUp(h265Syntax)
    push('', '26')
    collector.flush()
    expect(units).toEqual([])
  })
})
