import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatAudioSpecificConfig,
  formatEldConfig,
  parseAudioSpecificConfig,
} from '#media/codecs/aac/audio-specific-config.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  {
    name: 'AAC-LC 44.1 kHz stereo',
    hex: '1210',
    tells: { objectType: 2, sampleRate: 44_100, channels: 2, frameSamples: 1024 },
  },
  {
    name: 'AAC-LC 16 kHz mono',
    hex: '1408',
    tells: { objectType: 2, sampleRate: 16_000, channels: 1, frameSamples: 1024 },
  },
  {
    name: 'ffmpeg’s, with an extension behind it',
    hex: '119056e500',
    tells: { objectType: 2, sampleRate: 48_000, channels: 2 },
  },
  { name: 'frames of 960', hex: '1194', tells: { frameSamples: 960 } },
  {
    name: 'HE-AAC',
    hex: '2b920800',
    tells: { objectType: 2, sampleRate: 22_050, extendedSampleRate: 44_100, channels: 2 },
  },
  {
    name: 'HomeKit’s AAC-ELD',
    hex: 'f8f0212c00bc00',
    tells: { objectType: 39, sampleRate: 16_000, channels: 1, frameSamples: 512 },
  },
  { name: 'a rate written out', hex: '17802ee010', tells: { sampleRate: 24_000, channels: 2 } },
])('reads $name', ({ hex, tells }) => {
  expect(parseAudioSpecificConfig(Buffer.from(hex, 'hex'))).toMatchObject(tells)
})

test.each([
  { name: 'nothing', hex: '' },
  { name: 'one byte', hex: '12' },
  { name: 'a reserved rate', hex: '1690' },
])('refuses $name', ({ hex }) => {
  expect(() => parseAudioSpecificConfig(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('reads what it writes, for any rate', () => {
  const rate = fc.oneof(fc.constantFrom(8000, 16_000, 44_100, 48_000), fc.integer({ min: 1, max: 2 ** 24 - 1 }))
  fc.assert(
    fc.property(rate, fc.integer({ min: 1, max: 7 }), (sampleRate, channels) => {
      const config = parseAudioSpecificConfig(formatAudioSpecificConfig(sampleRate, channels))
      expect(config).toEqual({ objectType: 2, sampleRate, channels, frameSamples: 1024 })
      const eld = parseAudioSpecificConfig(formatEldConfig(sampleRate, channels))
      expect(eld).toEqual({ objectType: 39, sampleRate, channels, frameSamples: 512 })
    }),
  )
})

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 16 }), bytes => {
      try {
        expect(parseAudioSpecificConfig(Buffer.from(bytes)).sampleRate).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 500 },
  )
})
