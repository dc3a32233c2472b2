import { expect, test } from 'vitest'
import { readCountedNals } from '#media/codecs/nal/decoder-config.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test('NAL units behind their lengths are read, empty ones passed over', () => {
  const nals: Buffer[] = []
  expect(readCountedNals(Buffer.from('ff0001aa00000002bbcc', 'hex'), 1, 3, nals)).toBe(10)
  expect(nals.map(nal => nal.toString('hex'))).toEqual(['aa', 'bbcc'])
})

test.each(['00', '0002aa'])('what does not fit its record is refused: %s', hex => {
  expect(() => readCountedNals(Buffer.from(hex, 'hex'), 0, 1, [])).toThrow(MalformedError)
})
