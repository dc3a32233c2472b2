import { expect, test } from 'vitest'
import { toRbsp } from '#media/codecs/nal/rbsp.ts'

test.each([
  { name: 'an emulation prevention byte', hex: '670000030001', rbsp: '6700000001' },
  { name: 'two in a row', hex: '00000300000300', rbsp: '0000000000' },
  { name: 'none', hex: '6703000300', rbsp: '6703000300' },
])('takes $name out', ({ hex, rbsp }) => {
  expect(toRbsp(Buffer.from(hex, 'hex')).toString('hex')).toBe(rbsp)
})

test('reads no more than a parameter set can be', () => {
  expect(toRbsp(Buffer.alloc(100_000, 1))).toHaveLength(4096)
})
