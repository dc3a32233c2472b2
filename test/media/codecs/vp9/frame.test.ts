import { expect, test } from 'vitest'
import { isVp9Keyframe, readVp9Size, superframeIndex } from '#media/codecs/vp9/frame.ts'

test.each([
  { name: 'a keyframe', first: 0x82, keyframe: true },
  { name: 'another frame', first: 0x86, keyframe: false },
  { name: 'a frame shown again', first: 0x88, keyframe: false },
  { name: 'a keyframe of profile 2', first: 0x92, keyframe: true },
  { name: 'a keyframe of profile 3', first: 0xb0, keyframe: true },
  { name: 'another frame of profile 3', first: 0xb2, keyframe: false },
  { name: 'no frame at all', first: 0x02, keyframe: false },
])('$name', ({ first, keyframe }) => {
  expect(isVp9Keyframe(Buffer.of(first))).toBe(keyframe)
})

test('nothing is no keyframe', () => {
  expect(isVp9Keyframe(Buffer.alloc(0))).toBe(false)
})

test.each([
  { name: 'profile 0', hex: '82498342000af008f602' },
  { name: 'profile 1', hex: 'a249834200015e011ec0' },
  { name: 'profile 1 in RGB', hex: 'a2498342e00af008f600' },
  { name: 'profile 2', hex: '92498342000578047b02' },
  { name: 'profile 3', hex: 'b124c1a10000578047b0' },
])('a keyframe of $name tells its size', ({ hex }) => {
  const frame = Buffer.from(hex, 'hex')
  expect(readVp9Size(frame)).toEqual([176, 144])
  expect(readVp9Size(frame.subarray(0, 6))).toBeUndefined()
})

test('other frames, and what is none, tell no size', () => {
  for (const hex of ['86498342000af008f602', '82498343000af008f602', ''])
    expect(readVp9Size(Buffer.from(hex, 'hex'))).toBeUndefined()
})

test('an index has the sizes of all frames between two markers', () => {
  expect(superframeIndex([Buffer.alloc(1), Buffer.alloc(0x203)]).toString('hex')).toBe('d90100000003020000d9')
})
