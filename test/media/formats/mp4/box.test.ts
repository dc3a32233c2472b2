import { expect, test } from 'vitest'
import { box, fullBox, text, u8, u16, u32 } from '#media/formats/mp4/box.ts'

test('a box is its size, its type and its content', () => {
  expect(box('free', u8(1), u16(2), u32(3), text('ab')).toString('hex')).toBe('0000001166726565010002000000036162')
})

test('a full box begins with version and flags', () => {
  expect(fullBox('tfhd', 1, 0x020000).toString('hex')).toBe('0000000c7466686401020000')
})
