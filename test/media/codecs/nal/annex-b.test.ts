import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasStartCode, splitAnnexB } from '#media/codecs/nal/annex-b.ts'

describe('splitting at start codes', () => {
  test.each([
    { name: 'three-byte start codes', hex: '00000167aa00000168bb', nals: ['67aa', '68bb'] },
    { name: 'four-byte start codes', hex: '0000000167aa0000000168bb', nals: ['67aa', '68bb'] },
    { name: 'something before the first', hex: '67aa00000168bb', nals: ['67aa', '68bb'] },
    { name: 'zeros at the end', hex: '00000167aa0000', nals: ['67aa'] },
    { name: 'nothing between two', hex: '00000100000168bb', nals: ['68bb'] },
    { name: 'no start code', hex: '67aa', nals: ['67aa'] },
    { name: 'nothing at all', hex: '', nals: [] },
  ])('gives the NAL units with $name', ({ hex, nals }) => {
    expect(splitAnnexB(Buffer.from(hex, 'hex')).map(nal => nal.toString('hex'))).toEqual(nals)
  })

  test('ends for any bytes, and no NAL unit holds a start code', () => {
    const zeroish = fc.array(fc.constantFrom(0, 0, 0, 1, 1, 3, 0x67), { maxLength: 200 })
    fc.assert(
      fc.property(zeroish, bytes => {
        for (const nal of splitAnnexB(Buffer.from(bytes))) expect(hasStartCode(nal)).toBe(false)
      }),
    )
  })
})
