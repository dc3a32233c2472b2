import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PcmFormat, PcmName } from '#media/codecs/pcm/pcm-format.ts'
import { mixed, readSamples, writeSamples } from '#media/codecs/pcm/samples.ts'

const format = (name: PcmName, channels: 1 | 2 = 1): PcmFormat => ({
  name,
  rate: 8000,
  channels,
  blockBytes: channels * (name.startsWith('PCM') && name !== 'PCML' ? 1 : 2),
})
const values = (planes: readonly Float32Array[]): number[][] => planes.map(plane => Array.from(plane))

test.each([
  { name: 'L16', bytes: [0x7f, 0xff, 0x80, 0x00, 0x00, 0x01], samples: [32_767, -32_768, 1] },
  { name: 'PCML', bytes: [0xff, 0x7f, 0x00, 0x80, 0x01, 0x00], samples: [32_767, -32_768, 1] },
  { name: 'PCMU', bytes: [0x80, 0x00, 0xff], samples: [32_124, -32_124, 0] },
  { name: 'PCMA', bytes: [0xaa, 0x2a, 0xd5], samples: [32_256, -32_256, 8] },
] as const)('$name is read and written', ({ name, bytes, samples }) => {
  expect(values(readSamples(Buffer.from(bytes), format(name)))).toEqual([samples])
  expect(writeSamples([new Float32Array(samples)], format(name))).toEqual(Buffer.from(bytes))
})

test('channels stand side by side, and a block that is cut short is left out', () => {
  expect(values(readSamples(Buffer.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0), format('L16', 2)))).toEqual([
    [1, 3],
    [2, 4],
  ])
})

test('what is too loud is held within 16 bits, and fractions are rounded', () => {
  const written = writeSamples([new Float32Array([40_000, -40_000, 1.4, 1.6])], format('PCML'))
  expect(values(readSamples(written, format('PCML')))).toEqual([[32_767, -32_768, 1, 2]])
})

test('two channels become one by their average', () => {
  expect(Array.from(mixed(new Float32Array([10, -4]), new Float32Array([20, 4])))).toEqual([15, 0])
})

test('any bytes are samples, and those of 16 bits come back as they were', () => {
  const name = fc.constantFrom<PcmName>('L16', 'PCML', 'PCMA', 'PCMU')
  fc.assert(
    fc.property(name, fc.constantFrom<1 | 2>(1, 2), fc.uint8Array({ maxLength: 64 }), (of, channels, bytes) => {
      const written = format(of, channels)
      const samples = readSamples(Buffer.from(bytes), written)
      const again = writeSamples(samples, written)
      expect(again.length).toBe(bytes.length - (bytes.length % written.blockBytes))
      // Negative zero of G.711 is the one sample with two codes.
      expect(values(readSamples(again, written))).toEqual(values(samples).map(plane => plane.map(one => one + 0)))
    }),
  )
})
