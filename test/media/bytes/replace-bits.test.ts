import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replaceBits } from '#media/bytes/replace-bits.ts'

test.each([
  { name: 'nothing', hex: 'a5ff', replacements: [], becomes: 'a5ff' },
  { name: 'as many bits', hex: 'ff', replacements: [{ from: 2, to: 4, by: '00' }], becomes: 'cf' },
  { name: 'fewer bits, and fills up', hex: 'ffff', replacements: [{ from: 0, to: 12, by: '1' }], becomes: 'f8' },
  { name: 'more bits', hex: 'ff', replacements: [{ from: 4, to: 4, by: '0000' }], becomes: 'f0f0' },
  {
    name: 'several places',
    hex: '0000',
    replacements: [
      { from: 0, to: 1, by: '1' },
      { from: 15, to: 16, by: '1' },
    ],
    becomes: '8001',
  },
])('replaces $name', ({ hex, replacements, becomes }) => {
  expect(replaceBits(Buffer.from(hex, 'hex'), replacements).toString('hex')).toBe(becomes)
})

test('bits that are replaced by themselves change nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (array, one, other) => {
      const bytes = Buffer.from(array)
      const [from = 0, to = 0] = [one, other].map(at => at % (bytes.length * 8 + 1)).sort((a, b) => a - b)
      const bits = Array.from(bytes, byte => byte.toString(2).padStart(8, '0')).join('')
      expect(replaceBits(bytes, [{ from, to, by: bits.slice(from, to) }])).toEqual(bytes)
    }),
  )
})
