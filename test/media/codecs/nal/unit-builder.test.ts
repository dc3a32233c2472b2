import { describe, expect, test } from 'vitest'
import { h264Syntax } from '#media/codecs/h264/h264-syntax.ts'
import { ParameterSets } from '#media/codecs/nal/parameter-sets.ts'
import { UnitBuilder } from '#media/codecs/nal/unit-builder.ts'

const sps = Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex')
const pps = Buffer.from('68ce0fc8', 'hex')
/** first_mb_in_slice = 0: the byte after the header begins with a one. */
const idr = Buffer.from('6588aabb', 'hex')
const secondSlice = Buffer.from('6540aabb', 'hex')
const sei = Buffer.from('0605', 'hex')

const makeBuilder = () => {
  const sets = new ParameterSets(h264Syntax, [])
  return { sets, builder: new UnitBuilder(h264Syntax, sets) }
}

describe('a unit builder', () => {
  test('gives the NAL units and their sample in one piece of memory', () => {
    const { builder } = makeBuilder()
    builder.whole(sei)
    builder.whole(idr)
    builder.begin(0x65, Buffer.of(0x40, 1))
    builder.more(Buffer.of(2))
    builder.end()
    const built = builder.take()
    expect(built?.keyframe).toBe(true)
    expect(built?.parts.map(part => part.toString('hex'))).toEqual(['0605', '6588aabb', '65400102'])
    expect(built?.sample.toString('hex')).toBe('00000002060500000004 6588aabb 00000004 65400102'.replaceAll(' ', ''))
    expect(built?.parts[0]?.buffer).toBe(built?.sample.buffer)
  })

  test('keeps parameter sets, delimiters and filler out of the unit', () => {
    const { builder, sets } = makeBuilder()
    for (const nal of [Buffer.from('09f0', 'hex'), sps, pps, idr, Buffer.from('0cff80', 'hex')]) builder.whole(nal)
    expect(builder.take()?.parts).toEqual([idr])
    expect(sets.configuration).toEqual([sps, pps])
  })

  test('takes one NAL unit apart that holds SPS, PPS and IDR with start codes', () => {
    const { builder, sets } = makeBuilder()
    const startCode = Buffer.of(0, 0, 0, 1)
    const glued = Buffer.concat([sps, startCode, pps, startCode, idr])
    builder.begin(glued[0]!, glued.subarray(1, 20))
    builder.more(glued.subarray(20))
    builder.end()
    const built = builder.take()
    expect(built?.keyframe).toBe(true)
    expect(built?.parts).toEqual([idr])
    expect(sets.configuration).toEqual([sps, pps])
  })

  test.each([
    { name: 'a piece without a beginning', run: (b: UnitBuilder) => b.more(Buffer.of(1)) },
    {
      name: 'a beginning while one is open',
      run: (b: UnitBuilder) => [b.begin(0x41, idr), b.begin(0x41, idr), b.end()],
    },
    { name: 'a beginning without an end', run: (b: UnitBuilder) => b.begin(0x41, idr) },
    { name: 'a gap', run: (b: UnitBuilder) => b.gap() },
    { name: 'a broken payload', run: (b: UnitBuilder) => b.broken() },
  ])('gives no unit that has $name', ({ run }) => {
    const { builder } = makeBuilder()
    builder.whole(idr)
    run(builder)
    expect(builder.hasPicture).toBe(true)
    expect(builder.take()).toBeUndefined()
    builder.whole(idr)
    expect(builder.take()?.parts).toEqual([idr])
  })

  test('gives no unit whose beginning may be missing', () => {
    const { builder } = makeBuilder()
    builder.whole(secondSlice)
    expect(builder.take()).toBeUndefined()
    builder.gap()
    builder.whole(secondSlice)
    expect(builder.take()).toBeUndefined()
    builder.gap()
    builder.whole(idr)
    builder.whole(secondSlice)
    expect(builder.take()?.parts).toEqual([idr, secondSlice])
  })

  test('gives no unit without a picture', () => {
    const { builder } = makeBuilder()
    builder.whole(sei)
    expect(builder.hasPicture).toBe(false)
    expect(builder.take()).toBeUndefined()
  })

  test('gives no unit above 5 MiB, and does not hold it', () => {
    const { builder } = makeBuilder()
    builder.begin(0x65, Buffer.from([0x88]))
    for (let i = 0; i < 6; i++) builder.more(Buffer.alloc(1024 * 1024))
    builder.end()
    expect(builder.take()).toBeUndefined()
  })

  test('gives no unit of absurdly many pieces', () => {
    const { builder } = makeBuilder()
    builder.whole(idr)
    for (let i = 0; i < 13_000; i++) builder.whole(sei)
    expect(builder.take()).toBeUndefined()
  })
})
