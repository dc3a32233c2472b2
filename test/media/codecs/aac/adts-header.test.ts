import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adtsHeaders } from '#media/codecs/aac/adts-header.ts'
import { readAdtsHeader } from '#media/codecs/aac/adts-reader.ts'
import { aacSampleRates, formatAudioSpecificConfig, formatEldConfig } from '#media/codecs/aac/audio-specific-config.ts'
import { MalformedError } from '#media/runtime/errors.ts'

describe('headers of AAC frames', () => {
  test('say what the configuration says, to whoever reads them', () => {
    const rates = fc.constantFrom(...aacSampleRates)
    fc.assert(
      fc.property(
        rates,
        fc.constantFrom(1, 2, 3, 4, 5, 6, 8),
        fc.integer({ min: 1, max: 8184 }),
        (rate, channels, size) => {
          const configuration = formatAudioSpecificConfig(rate, channels)
          const header = adtsHeaders(configuration, 0)(size)!
          expect(readAdtsHeader(header)).toEqual({
            headerBytes: 7,
            sizeBytes: size + 7,
            configuration: configuration.readUInt16BE(0),
          })
        },
      ),
    )
  })

  test('count the channels that a configuration leaves to the frames', () => {
    const open = formatAudioSpecificConfig(48_000, 0)
    const channelsOf = (channels: number): number =>
      (readAdtsHeader(adtsHeaders(open, channels)(100)!)!.configuration >> 3) & 0x0f
    expect([0, 1, 2, 8].map(channelsOf)).toEqual([2, 1, 2, 7])
  })

  test('are not written for what they have no words for', () => {
    expect(adtsHeaders(formatAudioSpecificConfig(48_000, 2), 2)(8185)).toBeUndefined()
    expect(() => adtsHeaders(formatAudioSpecificConfig(47_999, 2), 2)).toThrow(MalformedError)
    expect(() => adtsHeaders(formatEldConfig(48_000, 1), 1)).toThrow(MalformedError)
    expect(() => adtsHeaders(Buffer.alloc(0), 1)).toThrow(MalformedError)
  })
})
