import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BitReader } from '#media/bytes/bit-reader.ts'
import { MalformedError } from '#media/runtime/errors.ts'

/** Exp-Golomb as the standard writes it, for comparison. */
const golomb = (value: number): string => {
  const binary = (value + 1).toString(2)
  return '0'.repeat(binary.length - 1) + binary
}
const bytesOf = (bits: string): Buffer =>
  Buffer.from((bits.match(/.{1,8}/g) ?? []).map(byte => Number.parseInt(byte.padEnd(8, '0'), 2)))

describe('a bit reader', () => {
  test.each([
    { name: '0', bits: '1', signed: 0 },
    { name: '1', bits: '010', signed: 1 },
    { name: '2', bits: '011', signed: -1 },
    { name: '5', bits: '00110', signed: 3 },
    { name: '6', bits: '00111', signed: -3 },
  ])('reads the code $bits as $name and $signed', ({ name, bits, signed }) => {
    expect(new BitReader(bytesOf(bits)).unsigned()).toBe(Number(name))
    expect(new BitReader(bytesOf(bits)).signed() + 0).toBe(signed)
  })

  test('reads back whatever was written, across byte borders', () => {
    const field = fc
      .integer({ min: 1, max: 32 })
      .chain(width => fc.record({ width: fc.constant(width), value: fc.integer({ min: 0, max: 2 ** width - 1 }) }))
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), fields => {
        const text = fields.map(({ width, value }) => value.toString(2).padStart(width, '0') + golomb(value)).join('')
        const reader = new BitReader(bytesOf(text))
        for (const { width, value } of fields) {
          expect(reader.bits(width)).toBe(value)
          expect(reader.unsigned()).toBe(value)
        }
        expect(reader.position).toBe(text.length)
      }),
    )
  })

  test('refuses to read or skip beyond the end', () => {
    const reader = new BitReader(Buffer.of(0xff))
    reader.skip(3)
    expect(reader.remaining).toBe(5)
    expect(() => reader.bits(6)).toThrow(MalformedError)
    expect(() => reader.skip(6)).toThrow(MalformedError)
    expect(reader.bits(5)).toBe(31)
  })

  test('refuses a code with more zeros than 32 bits can mean', () => {
    expect(() => new BitReader(Buffer.alloc(64)).unsigned()).toThrow(MalformedError)
  })
})
