import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatLeb128, readLeb128 } from '#media/codecs/av1/leb128.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  { hex: '00', value: 0 },
  { hex: '7f', value: 127 },
  { hex: '8001', value: 128 },
  { hex: 'e58e26', value: 624_485 },
])('$hex is $value', ({ hex, value }) => {
  expect(readLeb128(Buffer.from(hex, 'hex'), 0)).toEqual({ value, end: hex.length / 2 })
  expect(formatLeb128(value).toString('hex')).toBe(hex)
})

test('may have bytes that add nothing', () => {
  expect(readLeb128(Buffer.from('aa858000', 'hex'), 1)).toEqual({ value: 5, end: 4 })
})

test.each(['', '80', '8080808080808080', '808080808080808001'])('%s is refused', hex => {
  expect(() => readLeb128(Buffer.from(hex, 'hex'), 0)).toThrow(MalformedError)
})

test('reads what it writes', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), value => {
      const bytes = formatLeb128(value)
      expect(readLeb128(bytes, 0)).toEqual({ value, end: bytes.length })
    }),
  )
})
