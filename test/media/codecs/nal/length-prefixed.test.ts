import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitLengthPrefixed } from '#media/codecs/nal/length-prefixed.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  { name: 'lengths of 4 bytes', bytes: 4, hex: '0000000165000000024142', nals: ['65', '4142'] },
  { name: 'lengths of 2 bytes', bytes: 2, hex: '00016500024142', nals: ['65', '4142'] },
  { name: 'an empty NAL unit', bytes: 4, hex: '000000000000000165', nals: ['65'] },
])('splits a sample with $name', ({ bytes, hex, nals }) => {
  expect(splitLengthPrefixed(Buffer.from(hex, 'hex'), bytes).map(nal => nal.toString('hex'))).toEqual(nals)
})

test.each([
  { name: 'a length cut short', hex: '000000' },
  { name: 'a NAL unit beyond the end', hex: '0000000465' },
])('refuses $name', ({ hex }) => {
  expect(() => splitLengthPrefixed(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('any bytes are split or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 4 }), (bytes, lengthBytes) => {
      try {
        for (const nal of splitLengthPrefixed(Buffer.from(bytes), lengthBytes)) expect(nal.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
  )
})
