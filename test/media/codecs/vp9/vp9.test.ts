import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { formatVp9Descriptor } from '#media/codecs/vp9/descriptor.ts'
import { superframeIndex } from '#media/codecs/vp9/frame.ts'
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
import { groupOf } from '#test/helpers/rtp-packets.ts'

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

/** A payload of a spatial layer: non-flexible mode, one frame whole unless said otherwise. */
const layerPayload = (layer: number, data: string, flags = 0x0c): Buffer =>
  Buffer.from([0x20 | flags, layer << 1, 0, ...Buffer.from(data, 'hex')])

test('the layers of a picture become one superframe', () => {
  const [unit] = unitsOfGroups(vp9, [
    groupOf([layerPayload(0, '82aa'), layerPayload(1, '86'), layerPayload(2, '86bbcc')]),
  ])
  const frames = ['82aa', '86', '86bbcc'].map(hex => Buffer.from(hex, 'hex'))
  expect(unit?.sample).toEqual(Buffer.concat([...frames, superframeIndex(frames)]))
  expect(unit?.keyframe).toBe(true)
})

test.each([
  { name: 'that begins with a higher layer', payloads: [layerPayload(1, '82')] },
  { name: 'a frame of which has no end', payloads: [layerPayload(0, '82', 0x08)] },
  { name: 'a frame of which has no beginning', payloads: [layerPayload(0, '82'), layerPayload(1, '86', 0x04)] },
  { name: 'whose frames begin within each other', payloads: [layerPayload(0, '82', 0x08), layerPayload(1, '86')] },
  { name: 'of nine frames', payloads: Array.from({ length: 9 }, () => layerPayload(0, '82')) },
])('passes over a picture $name', ({ payloads }) => {
  expect(unitsOfGroups(vp9, [groupOf(payloads)])).toEqual([])
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
  expect([0, 1].map(layer => vp9.startsKeyframe(layerPayload(layer, '82')))).toEqual([true, false])
})
