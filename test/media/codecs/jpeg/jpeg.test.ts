import { expect, test } from 'vitest'
import { jpeg } from '#media/codecs/jpeg/jpeg.ts'

test.each([
  { name: 'a beginning', hex: '0000000001501410', starts: true },
  { name: 'a later piece', hex: '0000010001501410', starts: false },
  { name: 'nothing', hex: '', starts: false },
])('$name starts a picture: $starts', ({ hex, starts }) => {
  expect(jpeg.startsKeyframe(Buffer.from(hex, 'hex'))).toBe(starts)
  expect(jpeg.leadsPicture(Buffer.from(hex, 'hex'))).toBe(false)
})
