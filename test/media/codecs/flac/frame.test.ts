import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFlacFrame } from '#media/codecs/flac/frame.ts'
import { formatStreamInfo } from '#media/codecs/flac/stream-info.ts'
import { convert } from '#test/helpers/ffmpeg.ts'
import { launch } from '#test/helpers/gstreamer.ts'

/** A FLAC file: its mark, STREAMINFO as the last block, frames. */
const file = (sampleRate: number, channels: 1 | 2, frames: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('fLaC'), Buffer.of(0x80, 0, 0, 34), formatStreamInfo(sampleRate, channels), ...frames])

test.each([
  [8000, 1],
  [48_000, 2],
  [12_345, 1],
  [128_000, 2],
] as const)('frames of %i Hz, %i channels and any size decode to the same samples', async (sampleRate, channels) => {
  const pieces = fc.sample(fc.uint8Array({ minLength: 32, maxLength: 16_384 }), { numRuns: 30, seed: channels })
  const blocks = pieces.map(bytes => Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % (2 * channels)))))
  // From where on the number needs two, three, four, five bytes.
  let sampleNumber = 0
  const frames = blocks.map(samples => {
    const frame = formatFlacFrame({ sampleNumber, samples, channels, sampleRate })
    sampleNumber += samples.length / (2 * channels)
    return frame
  })
  const decoded = await convert(['-i', 'pipe:0', '-f', 's16be'], file(sampleRate, channels, frames))
  expect(decoded.equals(Buffer.concat(blocks))).toBe(true)
})

test.each([
  [0x7f, '7f'],
  [0x80, 'c280'],
  [0x7ff, 'dfbf'],
  [0x800, 'e0a080'],
  [0xffff, 'efbfbf'],
  [0x10000, 'f0908080'],
  [2 ** 31, 'fe8280808080 80'.replace(' ', '')],
  [2 ** 36 - 1, 'febfbfbfbfbfbf'],
  [2 ** 36, '00'],
])('sample number %i is written as %s', (sampleNumber, coded) => {
  const frame = formatFlacFrame({ sampleNumber, samples: Buffer.alloc(32), channels: 1, sampleRate: 8000 })
  expect(frame.toString('hex', 0, 4 + coded.length / 2)).toBe(`fff97408${coded}`)
})

test('GStreamer finds the frames, too', async () => {
  const samples = Buffer.alloc(3840, 3)
  const frames = Array.from({ length: 20 }, (_, index) =>
    formatFlacFrame({ sampleNumber: index * 1920, samples, channels: 1, sampleRate: 48_000 }),
  )
  const decoded = await launch('fdsrc fd=0 ! flacparse ! flacdec ! fdsink fd=1', file(48_000, 1, frames))
  expect(decoded.length).toBe(20 * samples.length)
})
