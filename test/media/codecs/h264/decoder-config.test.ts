import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAvcDecoderConfig, readAvcDecoderConfig } from '#media/codecs/h264/decoder-config.ts'
import { readHevcDecoderConfig } from '#media/codecs/h265/decoder-config.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { avcRecord, hevcRecord } from '#test/helpers/flv.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const avc = avcRecord(hex('6742c00d'), hex('68ce'))
const hevc = hevcRecord([hex('400101'), hex('4e0105'), hex('420101'), hex('440101')])

test('the record of H.264 gives its parameter sets', () => {
  expect(readAvcDecoderConfig(avc)).toEqual({ parameterSets: [hex('6742c00d'), hex('68ce')], lengthBytes: 4 })
})

test('the record of H.265 gives its parameter sets, and nothing else', () => {
  const parameterSets = [hex('400101'), hex('420101'), hex('440101')]
  expect(readHevcDecoderConfig(hevc)).toEqual({ parameterSets, lengthBytes: 4 })
})

test.each([
  { name: 'nothing', bytes: Buffer.alloc(0), read: readAvcDecoderConfig },
  { name: 'another version', bytes: Buffer.concat([Buffer.of(2), avc.subarray(1)]), read: readAvcDecoderConfig },
  { name: 'a set cut short', bytes: avc.subarray(0, -1), read: readAvcDecoderConfig },
  { name: 'nothing of H.265', bytes: Buffer.alloc(10), read: readHevcDecoderConfig },
  { name: 'an array cut short', bytes: hevc.subarray(0, -9), read: readHevcDecoderConfig },
])('a record with $name is refused', ({ bytes, read }) => {
  expect(() => read(bytes)).toThrow(MalformedError)
})

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (noise, isAvc) => {
      const bytes = Buffer.concat([(isAvc ? avc : hevc).subarray(0, noise.length % 30), noise])
      try {
        const { parameterSets } = (isAvc ? readAvcDecoderConfig : readHevcDecoderConfig)(bytes)
        for (const nal of parameterSets) expect(nal.buffer).toBe(bytes.buffer)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
  )
})

test('a record that is written is read as the same parameter sets', () => {
  const set = (head: number) => fc.uint8Array({ minLength: 3, maxLength: 60 }).map(rest => Buffer.from([head, ...rest]))
  const sets = fc.tuple(
    fc.array(set(0x67), { minLength: 1, maxLength: 31 }),
    fc.array(set(0x68), { minLength: 0, maxLength: 255 }),
  )
  fc.assert(
    fc.property(sets, ([sequences, pictures]) => {
      const parameterSets = [...sequences, ...pictures]
      expect(readAvcDecoderConfig(formatAvcDecoderConfig(parameterSets)!)).toEqual({ parameterSets, lengthBytes: 4 })
    }),
    { numRuns: 50 },
  )
})

test.each([[[]], [[hex('68ce')]], [[hex('6742')]]])('there is no record of %s', configuration => {
  expect(formatAvcDecoderConfig(configuration)).toBeUndefined()
})
