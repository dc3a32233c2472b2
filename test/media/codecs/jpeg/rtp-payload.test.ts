import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatJpegHeader, type JpegPayload, parseJpegPayload } from '#media/codecs/jpeg/rtp-payload.ts'
import { MalformedError } from '#media/runtime/errors.ts'

const none = { restartInterval: 0, tables: undefined }

test.each([
  {
    name: 'a piece',
    hex: '00 000010 01 50 14 0f aabb',
    payload: { offset: 16, type: 1, quality: 80, width: 160, height: 120, ...none, data: Buffer.of(0xaa, 0xbb) },
  },
  {
    name: 'a beginning with restart markers and tables',
    hex: '00 000000 40 ff 14 0f 000affff 00 02 0003 010203 cc',
    payload: {
      ...{ offset: 0, type: 0 as const, quality: 255, width: 160, height: 120, restartInterval: 10 },
      tables: { precision: 2, content: Buffer.of(1, 2, 3) },
      data: Buffer.of(0xcc),
    },
  },
  {
    name: 'a beginning with tables as before',
    hex: '00 000000 00 80 00 00 00 00 0000 cc',
    payload: {
      ...{ offset: 0, type: 0 as const, quality: 128, width: 0, height: 0, restartInterval: 0 },
      tables: { precision: 0, content: Buffer.alloc(0) },
      data: Buffer.of(0xcc),
    },
  },
] as const)('$name is read and written', ({ hex, payload }) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  expect(parseJpegPayload(bytes)).toEqual(payload)
  const { data, ...header } = payload
  expect(Buffer.concat([formatJpegHeader(header), data])).toEqual(bytes)
})

test.each([
  { name: 'a header cut short', hex: '00000000015014' },
  { name: 'a type that nobody sends', hex: '0000000002501410' },
  { name: 'a dynamic type', hex: '0000000080501410' },
  { name: 'no quality', hex: '0000000001001410' },
  { name: 'a restart header cut short', hex: '0000000041501410000a' },
  { name: 'tables cut short', hex: '0000000001ff1410000000' },
  { name: 'tables beyond the payload', hex: '0000000001ff14100000000501020304' },
])('refuses $name', ({ hex }) => {
  expect(() => parseJpegPayload(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('what is written is read the same', () => {
  const side = fc.integer({ min: 0, max: 255 }).map(eights => eights * 8)
  const header = fc.record({
    offset: fc.nat(0xffffff),
    type: fc.constantFrom<0 | 1>(0, 1),
    quality: fc.integer({ min: 1, max: 127 }),
    width: side,
    height: side,
    restartInterval: fc.nat(0xffff),
    tables: fc.constant(undefined),
  })
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 9 }), (fields, bytes) => {
      const payload: JpegPayload = { ...fields, data: Buffer.from(bytes) }
      expect(parseJpegPayload(Buffer.concat([formatJpegHeader(fields), payload.data]))).toEqual(payload)
    }),
  )
})

test('any bytes are read or refused', () => {
  const bytes = fc.tuple(fc.constantFrom(0, 1, 64, 65, 2), fc.uint8Array({ maxLength: 40 })).map(([type, rest]) => {
    const payload = Buffer.from(rest)
    if (payload.length > 4) payload[4] = type
    return payload
  })
  fc.assert(
    fc.property(bytes, payload => {
      try {
        expect(parseJpegPayload(payload).data.length).toBeLessThan(payload.length)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 500 },
  )
})
