// @vitest-environment node
import { describe, expect, test } from 'vitest'
import { formatDay, formatDuration, formatExact, formatRelative } from '../../../apps/admin/src/lib/times.ts'

const S = 1000
const MIN = 60 * S
const H = 60 * MIN
const D = 24 * H
const NOW = new Date(2026, 10, 23, 15, 27, 51).getTime()

describe('formatDuration', () => {
  test.each([
    [-5, '0 s'],
    [999, '0 s'],
    [59 * S, '59 s'],
    [60 * S, '1 min'],
    [200 * S, '3 min 20 s'],
    [5 * H + 2 * MIN + 59 * S, '5 h 2 min'],
    [24 * H, '1 d'],
    [12 * D + 4 * H, '12 d 4 h'],
  ])('writes %d ms as %s', (span, text) => {
    expect(formatDuration(span)).toBe(text)
  })
})

describe('formatRelative', () => {
  test.each([
    [0, 'just now'],
    [9 * S, 'just now'],
    [10 * S, '10 seconds ago'],
    [-S, 'just now'],
    [-5 * S, 'in 5 seconds'],
    [MIN, '1 minute ago'],
    [-2 * H, 'in 2 hours'],
    [29 * D, '29 days ago'],
  ])('says of %d ms ago: %s', (ago, text) => {
    expect(formatRelative(NOW - ago, NOW)).toBe(text)
  })

  test('gives the date of what is a month away', () => {
    expect(formatRelative(NOW - 40 * D, NOW)).toBe('14 Oct 2026')
  })
})

describe('formatDay', () => {
  test.each([
    [0, 'Today'],
    [15 * H, 'Today'],
    [16 * H, 'Yesterday'],
    [2 * D, 'Saturday 21 November 2026'],
  ])('calls the day of %d ms ago %s', (ago, text) => {
    expect(formatDay(NOW - ago, NOW)).toBe(text)
  })
})

test('an exact time has its weekday and its seconds', () => {
  expect(formatExact(NOW)).toBe('Mon, 23 Nov 2026, 15:27:51')
})
