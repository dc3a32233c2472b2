import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasStartCode } from '#media/codecs/nal/annex-b.ts'
import { fromRbsp, toRbsp } from '#media/codecs/nal/rbsp.ts'

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

test('what is put in is taken out again, and no start code is left', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 255), { maxLength: 60 }), array => {
      const nal = fromRbsp(Buffer.from(array))
      expect(toRbsp(nal)).toEqual(Buffer.from(array))
      expect(hasStartCode(nal)).toBe(false)
    }),
  )
})
