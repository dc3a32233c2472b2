import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGoDuration } from '#server/rest/go-duration.ts'

test.each([
  ['10s', 10_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['5.s', 5000],
  ['250ms', 250],
  ['1500us', 1.5],
  ['2µs', 0.002],
  ['+1m', 60_000],
  ['-3s', -3000],
  ['0', 0],
  ['10', undefined],
  ['', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['1.2.3s', undefined],
  ['xyz', undefined],
  ['10s ', undefined],
  [`${'9'.repeat(80)}s`, undefined],
])('"%s" is %s ms', (text, milliseconds) => {
  if (milliseconds === undefined) expect(parseGoDuration(text)).toBe(undefined)
  else expect(parseGoDuration(text)).toBeCloseTo(milliseconds)
})

test('any text is a finite number or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+]?[0-9.]{0,40}(ns|us|ms|s|m|h)?$/)), text => {
      expect(Number.isFinite(parseGoDuration(text) ?? 0)).toBe(true)
    }),
  )
})
