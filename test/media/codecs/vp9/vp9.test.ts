import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { formatVp9Descriptor } from '#media/codecs/vp9/descriptor.ts'
import { vp9 } from '#media/codecs/vp9/vp9.ts'
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
  units = unitsOfFrames(await encodedFrames('VP9'))
})

test('packets of any size give back the frames they were made of', () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 1460 }), payloadBytesMax => {
      const back = unitsOfGroups(vp9, groupsOf(vp9, units, payloadBytesMax))
      expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
      expect(back.map(unit => unit.keyframe)).toEqual(units.map(unit => unit.keyframe))
    }),
    { numRuns: 15 },
  )
})

test('gives only whole frames, whatever is lost', () => {
  expectOnlyWhole(vp9, units, 300)
})

test('takes any payload', () => {
  expectTakesAnything(vp9, [0x0c, 0x08, 0x04, 0x8c, 0x2c, 0x5c, 0x0e])
})

test.each([
  { name: 'the first piece of a keyframe', keyframe: true, begins: true, data: 0x82, starts: true },
  { name: 'the first piece of another frame', keyframe: false, begins: true, data: 0x86, starts: false },
  { name: 'a later piece', keyframe: true, begins: false, data: 0x82, starts: false },
])('$name starts a keyframe: $starts', ({ data, starts, keyframe, begins }) => {
  const descriptor = formatVp9Descriptor({ keyframe, begins, ends: false, pictureId: 1 })
  expect(vp9.startsKeyframe(Buffer.concat([descriptor, Buffer.of(data)]))).toBe(starts)
  expect(vp9.startsKeyframe(descriptor)).toBe(false)
})

test('a higher layer starts no keyframe', () => {
  // Layers, non-flexible mode, a whole frame.
  expect([0, 1].map(layer => vp9.startsKeyframe(Buffer.of(0x2c, layer << 1, 0, 0x82)))).toEqual([true, false])
})
