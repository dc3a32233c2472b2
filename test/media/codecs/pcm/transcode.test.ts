import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PcmFormat, PcmName } from '#media/codecs/pcm/pcm-format.ts'
import { readSamples, writeSamples } from '#media/codecs/pcm/samples.ts'
import { PcmTranscoder } from '#media/codecs/pcm/transcode.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { convert } from '#test/helpers/ffmpeg.ts'

const format = (name: PcmName, rate: number, channels: 1 | 2 = 1): PcmFormat => ({
  name,
  rate,
  channels,
  blockBytes: channels * (name === 'L16' || name === 'PCML' ? 2 : 1),
})
const tone = (rate: number, seconds: number, hertz = 440): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 8000 * Math.sin((2 * Math.PI * hertz * i) / rate))
/** A second of a tone in units of 20 ms. */
const spoken = (from: PcmFormat, start = 0): AccessUnit[] => {
  const plane = tone(from.rate, 1)
  const bytes = writeSamples(from.channels === 1 ? [plane] : [plane, plane], from)
  const blocks = from.rate / 50
  return Array.from({ length: 50 }, (_, i) => {
    const size = blocks * from.blockBytes
    return frameUnit(bytes.subarray(i * size, (i + 1) * size), start + i * blocks)
  })
}
const bytesOf = (units: readonly AccessUnit[]): Buffer => Buffer.concat(units.map(unit => unit.sample))
const names = ['PCMU', 'PCMA', 'L16', 'PCML'] as const
const ffmpegNames = { PCMU: 'mulaw', PCMA: 'alaw', L16: 's16be', PCML: 's16le' } as const

describe('the transcoder of samples', () => {
  const pairs = names.flatMap(from => names.map(to => ({ from, to })))
  test.each(pairs)('makes $to of $from to the bit as ffmpeg does', async ({ from, to }) => {
    const units = spoken(format(from, 8000))
    const given = bytesOf(transformed(new PcmTranscoder(format(from, 8000), format(to, 8000)), units))
    const parameters = ['-ar', '8000', '-ac', '1', '-f', ffmpegNames[from], '-i', 'pipe:0', '-f', ffmpegNames[to]]
    expect(given).toEqual(await convert(parameters, bytesOf(units)))
  })

  test.each([
    { from: format('L16', 44_100, 2), to: format('PCMA', 8000), floor: 35 },
    { from: format('PCML', 16_000), to: format('PCMU', 8000), floor: 35 },
    { from: format('PCMA', 8000), to: format('L16', 48_000, 2), floor: 35 },
    { from: format('PCMU', 16_000), to: format('PCMU', 8000), floor: 33 },
    { from: format('L16', 48_000, 2), to: format('PCML', 44_100, 2), floor: 70 },
  ])('$from.name/$from.rate/$from.channels as $to.name/$to.rate/$to.channels is the same tone', options => {
    const { from, to, floor } = options
    const given = transformed(new PcmTranscoder(from, to), spoken(from, 5 * from.rate))
    expect(given[0]?.decodingTime).toBe(5 * to.rate)
    let time = 5 * to.rate
    for (const unit of given) {
      expect(unit.decodingTime).toBe(time)
      time += unit.sizeBytes / to.blockBytes
    }
    for (const plane of readSamples(bytesOf(given), to)) {
      const wanted = tone(to.rate, 1)
      const errors = plane.map((sample, i) => sample - wanted[i]!).slice(to.rate / 10, to.rate * 0.9)
      const noise = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length
      expect(10 * Math.log10(8000 ** 2 / 2 / noise)).toBeGreaterThan(floor)
    }
  })

  test('goes on after a gap at the time of what comes then', () => {
    const units = [...spoken(format('L16', 16_000)), ...spoken(format('L16', 16_000), 160_000)]
    const given = transformed(new PcmTranscoder(format('L16', 16_000), format('PCMA', 8000)), units)
    expect(given[50]?.decodingTime).toBe(80_000)
  })

  test('never goes back in time, and takes any bytes', () => {
    const any = fc
      .tuple(fc.constantFrom(...names), fc.constantFrom(8000, 11_025, 48_000), fc.constantFrom<1 | 2>(1, 2))
      .map(of => format(...of))
    const unit = fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(100_000))
    fc.assert(
      fc.property(any, any, fc.array(unit, { maxLength: 10 }), (from, to, units) => {
        const lent = units.map(([bytes, time]) => frameUnit(Buffer.from(bytes), time))
        let end = 0
        for (const given of transformed(new PcmTranscoder(from, to), lent)) {
          expect(given.decodingTime).toBeGreaterThanOrEqual(end)
          expect(given.sizeBytes % to.blockBytes).toBe(0)
          end = given.decodingTime + given.sizeBytes / to.blockBytes
        }
      }),
    )
  })
})
