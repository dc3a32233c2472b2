import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAggregationHeader, readAggregation } from '#media/codecs/av1/aggregation.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  { name: 'one element without length', hex: '10aabb', elements: ['aabb'], flags: [false, false, false] },
  { name: 'two, the last without length', hex: '2801aabbcc', elements: ['aa', 'bbcc'], flags: [false, false, true] },
  { name: 'three', hex: 'b001aa00bb', elements: ['aa', '', 'bb'], flags: [true, false, false] },
  { name: 'any number, all with length', hex: '4001aa02bbcc', elements: ['aa', 'bbcc'], flags: [false, true, false] },
])('$name', ({ hex, elements, flags }) => {
  const read = readAggregation(Buffer.from(hex, 'hex'))
  expect(read.elements.map(element => element.toString('hex'))).toEqual(elements)
  expect([read.continues, read.continued, read.startsSequence]).toEqual(flags)
})

test.each(['', '00', '10', '2001aa', '0005aa', '0080'])('%s is refused', hex => {
  expect(() => readAggregation(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('a payload has 256 elements at most', () => {
  expect(readAggregation(Buffer.alloc(257)).elements).toHaveLength(256)
  expect(() => readAggregation(Buffer.alloc(258))).toThrow(MalformedError)
})

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (continues, continued, startsSequence) => {
      const header = formatAggregationHeader({ continues, continued, startsSequence })
      const read = readAggregation(Buffer.concat([header, Buffer.of(1, 0xaa)]))
      expect(read).toEqual({ continues, continued, startsSequence, elements: [Buffer.of(0xaa)] })
    }),
  )
})
