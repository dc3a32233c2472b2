import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { box, u8, u32 } from '#media/formats/mp4/box.ts'
import { FieldReader, findBox, needBox, readBoxes } from '#media/formats/mp4/box-reader.ts'
import { LimitError, MalformedError, MediaError } from '#media/runtime/errors.ts'

describe('boxes', () => {
  test('are found by their path', () => {
    const file = Buffer.concat([box('free'), box('moov', box('trak', u8(1)), box('trak', u8(2)))])
    expect(readBoxes(file).map(one => one.type)).toEqual(['free', 'moov'])
    expect(findBox(file, 'moov', 'trak')).toEqual(Buffer.of(1))
    expect(findBox(file, 'moov', 'udta')).toBeUndefined()
    expect(() => needBox(file, 'moov', 'udta')).toThrow(MalformedError)
  })

  test('may have a size of 64 bits, or go on to the end', () => {
    const wide = Buffer.from('000000016d646174000000000000001242420000000066726565aa', 'hex')
    expect(readBoxes(wide).map(one => [one.type, one.content.toString('hex')])).toEqual([
      ['mdat', '4242'],
      ['free', 'aa'],
    ])
  })

  test.each([
    { name: 'a header cut short', hex: '000000' },
    { name: 'a size beyond the end', hex: '0000001066726565' },
    { name: 'a size below the header', hex: '0000000766726565' },
    { name: 'a wide size below the header', hex: '0000000166726565000000000000000f' },
    { name: 'a wide size beyond the end', hex: '0000000166726565ffffffffffffffff' },
  ])('with $name are refused', ({ hex }) => {
    expect(() => readBoxes(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
  })

  test('are bounded in number', () => {
    expect(() => readBoxes(Buffer.concat(Array.from({ length: 10_001 }, () => box('free'))))).toThrow(LimitError)
  })

  test('any bytes are boxes or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
        try {
          for (const { content } of readBoxes(Buffer.from(bytes))) expect(content.length).toBeLessThan(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(MediaError)
        }
      }),
    )
  })
})

describe('fields', () => {
  test('are read at their offsets, and not beyond the end', () => {
    const fields = new FieldReader(Buffer.from('00000001fffffffffffffffe', 'hex'), 'test')
    expect([fields.unsigned(0, 4), fields.signed32(4), fields.signed64(4)]).toEqual([1, -1, -2])
    expect(fields.slice(0, 2)).toHaveLength(2)
    expect(() => fields.unsigned(9, 4)).toThrow(MalformedError)
    expect(() => fields.unsigned64(5)).toThrow(MalformedError)
    expect(() => fields.slice(-1, 1)).toThrow(MalformedError)
  })

  test('a table must lie within its box', () => {
    const fields = new FieldReader(u32(2, 0, 0), 'test')
    expect(fields.entryCount(0, 4)).toBe(2)
    expect(() => fields.entryCount(0, 5)).toThrow(MalformedError)
  })
})
