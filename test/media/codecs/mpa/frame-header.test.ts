import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMpaFrame, sameMpaFormat } from '#media/codecs/mpa/frame-header.ts'
import { convert } from '#test/helpers/ffmpeg.ts'

/** A stream of frames without anything else around them. */
const encoded = (rate: number, channels: number, bitRate: string, codec: string): Promise<Buffer> => {
  const source = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${rate}:duration=1`, '-ac', String(channels)]
  const plain = ['-write_xing', '0', '-id3v2_version', '0']
  const format = codec === 'mp2' ? ['-f', 'mp2'] : [...plain, '-f', 'mp3']
  return convert([...source, '-c:a', codec, '-b:a', bitRate, ...format])
}

describe('the header of a frame', () => {
  test.each([
    { codec: 'libmp3lame', rate: 44_100, channels: 2, bitRate: '128k', layer: 3, samples: 1152 },
    { codec: 'libmp3lame', rate: 32_000, channels: 1, bitRate: '320k', layer: 3, samples: 1152 },
    { codec: 'libmp3lame', rate: 22_050, channels: 1, bitRate: '64k', layer: 3, samples: 576 },
    { codec: 'libmp3lame', rate: 11_025, channels: 1, bitRate: '16k', layer: 3, samples: 576 },
    { codec: 'mp2', rate: 48_000, channels: 2, bitRate: '384k', layer: 2, samples: 1152 },
    { codec: 'mp2', rate: 24_000, channels: 1, bitRate: '96k', layer: 2, samples: 1152 },
  ])('tells where the next one begins: $codec at $rate Hz', async ({ codec, rate, channels, bitRate, ...wanted }) => {
    const bytes = await encoded(rate, channels, bitRate, codec)
    let at = 0
    let count = 0
    while (at < bytes.length) {
      const frame = readMpaFrame(bytes.subarray(at))
      expect(frame).toMatchObject({ sampleRate: rate, channels, ...wanted })
      at += frame!.sizeBytes
      count++
    }
    expect(at).toBe(bytes.length)
    expect(Math.abs(count * wanted.samples - rate)).toBeLessThan(4 * wanted.samples)
  })

  test('of layer 1 counts in slots', () => {
    // 384 kbit/s, 48 000 Hz: 12 × 384 000 / 48 000 slots of four bytes, and one of padding.
    expect(readMpaFrame(Buffer.from('ffffc600', 'hex'))).toEqual({
      ...{ layer: 1, sampleRate: 48_000, channels: 2, samples: 384 },
      sizeBytes: 97 * 4,
    })
  })

  test.each([
    { name: 'too few bytes', hex: 'fffb90' },
    { name: 'no sync', hex: 'fedb9064' },
    { name: 'the version that is none', hex: 'ffeb9064' },
    { name: 'the layer that is none', hex: 'fff99064' },
    { name: 'free format', hex: 'fffb0064' },
    { name: 'the bit rate that is none', hex: 'fffbf064' },
    { name: 'the sampling rate that is none', hex: 'fffb9c64' },
  ])('is none with $name', ({ hex }) => {
    expect(readMpaFrame(Buffer.from(hex, 'hex'))).toBeUndefined()
  })

  test('is one or none, whatever the bytes', () => {
    const bytes = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(rest => Buffer.of(0xff, ...rest))
    fc.assert(
      fc.property(bytes, header => {
        const frame = readMpaFrame(header)
        if (frame !== undefined) expect(frame.sizeBytes).toBeGreaterThan(4)
      }),
      { numRuns: 1000 },
    )
  })
})

test('a format is told by version, layer, rate and channels, not by bit rate and padding', () => {
  const header = Buffer.from('fffb9064', 'hex')
  const same = ['fffb9064', 'fffba264', 'fffa9044', 'fffb9004'].map(hex => Buffer.from(hex, 'hex'))
  const other = ['fff39064', 'fffd9064', 'fffb9464', 'fffb90c4'].map(hex => Buffer.from(hex, 'hex'))
  expect(same.map(one => sameMpaFormat(header, one))).toEqual([true, true, true, true])
  expect(other.map(one => sameMpaFormat(header, one))).toEqual([false, false, false, false])
})

test.each([
  {
    name: 'layer III, 128 kbit/s, 44.1 kHz',
    hex: 'fffb9000',
    header: { sizeBytes: 417, samples: 1152, sampleRate: 44_100 },
  },
  {
    name: 'layer II, 64 kbit/s, 48 kHz',
    hex: 'fffd4400',
    header: { sizeBytes: 192, samples: 1152, sampleRate: 48_000 },
  },
  { name: 'layer I with padding', hex: 'ffff1200', header: { sizeBytes: 36, samples: 384, sampleRate: 44_100 } },
  { name: 'MPEG-2 layer III', hex: 'fff38400', header: { sizeBytes: 192, samples: 576, sampleRate: 24_000 } },
  { name: 'a free bit rate', hex: 'fffb0000', header: undefined },
  { name: 'no layer', hex: 'fff99000', header: undefined },
  { name: 'a reserved rate', hex: 'fffb9c00', header: undefined },
  { name: 'no sync', hex: 'ff1b9000', header: undefined },
])('the header of a frame: $name', ({ hex: bytes, header }) => {
  const frame = readMpaFrame(Buffer.from(bytes, 'hex'))
  if (header === undefined) expect(frame).toBeUndefined()
  else expect(frame).toMatchObject(header)
})
