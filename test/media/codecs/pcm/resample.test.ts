import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Resampler } from '#media/codecs/pcm/resample.ts'

const tone = (hertz: number, rate: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => 10_000 * Math.sin((2 * Math.PI * hertz * i) / rate))

/** Decibels by which one signal is below the other, apart from both ends. */
const below = (signal: Float32Array, reference: Float32Array): number => {
  const power = (samples: Float32Array): number =>
    samples.slice(400, signal.length - 400).reduce((sum, sample) => sum + sample * sample, 0)
  return 10 * Math.log10(power(reference) / power(signal))
}

const rates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000] as const
const pairs = rates.flatMap(from => rates.filter(to => to !== from).map(to => ({ from, to })))

describe('a resampler', () => {
  test.each(pairs)('leaves a tone from $from to $to Hz what and where it was', ({ from, to }) => {
    const output = new Resampler(from, to).push(tone(1000, from, from))
    const wanted = tone(1000, to, output.length)
    const error = output.map((sample, i) => sample - wanted[i]!)
    expect(output.length).toBeGreaterThan(to * 0.98)
    expect(below(error, wanted)).toBeGreaterThan(55)
  })

  test('keeps out what the lower rate cannot hold', () => {
    const output = new Resampler(48_000, 8000).push(tone(6000, 48_000, 48_000))
    expect(below(output, tone(1000, 8000, output.length))).toBeGreaterThan(55)
  })

  test('adds no images where the rate goes up', () => {
    const output = new Resampler(8000, 48_000).push(tone(3000, 8000, 8000))
    const wanted = tone(3000, 48_000, output.length)
    expect(
      below(
        output.map((sample, i) => sample - wanted[i]!),
        wanted,
      ),
    ).toBeGreaterThan(50)
  })

  test('manages rates that have nothing in common', () => {
    const output = new Resampler(8009, 48_017).push(tone(1000, 8009, 8009))
    const wanted = tone(1000, 48_017, output.length)
    expect(
      below(
        output.map((sample, i) => sample - wanted[i]!),
        wanted,
      ),
    ).toBeGreaterThan(45)
  })

  test('gives the same however the samples are cut into pieces', () => {
    const rate = fc.constantFrom(...rates, 4000, 192_000)
    fc.assert(
      fc.property(rate, rate, fc.array(fc.nat(300), { maxLength: 12 }), (from, to, sizes) => {
        const samples = tone(
          440,
          from,
          sizes.reduce((sum, size) => sum + size, 0),
        )
        const whole = new Resampler(from, to).push(samples)
        const resampler = new Resampler(from, to)
        let at = 0
        const pieces = sizes.map(size => {
          at += size
          return Array.from(resampler.push(samples.slice(at - size, at)))
        })
        expect(pieces.flat()).toEqual(Array.from(whole))
      }),
      { numRuns: 60 },
    )
  })

  test('does not drift', () => {
    const resampler = new Resampler(44_100, 8000)
    let given = 0
    for (let second = 0; second < 60; second++) given += resampler.push(new Float32Array(44_100)).length
    expect(60 * 8000 - given).toBeLessThan(20)
  })
})
