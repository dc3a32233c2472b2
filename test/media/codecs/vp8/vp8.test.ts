import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { vp8 } from '#media/codecs/vp8/vp8.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { encodedFrames } from '#test/helpers/ivf.ts'
import {
  expectOnlyWhole,
  expectTakesAnything,
  groupsOf,
  unitsOfFrames,
  unitsOfGroups,
} from '#test/helpers/picture-codecs.ts'

let units: readonly AccessUnit[]

beforeAll(async () => {
  units = unitsOfFrames(await encodedFrames('VP8'))
})

test('packets of any size give back the frames they were made of', () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 1460 }), payloadBytesMax => {
      const back = unitsOfGroups(vp8, groupsOf(vp8, units, payloadBytesMax))
      expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
      expect(back.map(unit => unit.keyframe)).toEqual(units.map(unit => unit.keyframe))
    }),
    { numRuns: 15 },
  )
})

test('pictures are numbered one after another', () => {
  const numbers = groupsOf(vp8, units, 1000).flatMap(({ packets }) => packets.map(one => one.payload.readUInt16BE(2)))
  expect([...new Set(numbers)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(number => 0x8000 | number))
})

test('gives only whole frames, whatever is lost', () => {
  expectOnlyWhole(vp8, units, 300)
})

test('takes any payload', () => {
  expectTakesAnything(vp8, [0x10, 0x00, 0x90, 0x80])
})

test.each([
  { name: 'the first piece of a keyframe', hex: '1030', starts: true },
  { name: 'the first piece of another frame', hex: '1031', starts: false },
  { name: 'a later piece', hex: '0030', starts: false },
  { name: 'nothing', hex: '10', starts: false },
])('$name starts a keyframe: $starts', ({ hex, starts }) => {
  expect(vp8.startsKeyframe(Buffer.from(hex, 'hex'))).toBe(starts)
})
