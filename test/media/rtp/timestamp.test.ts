import { expect, test } from 'vitest'
import { timestampDistance } from '#media/rtp/timestamp.ts'

test.each([
  { from: 1, to: 3601, distance: 3600 },
  { from: 2 ** 32 - 600, to: 3000, distance: 3600 },
  { from: 3000, to: 2 ** 32 - 600, distance: -3600 },
  { from: 0, to: 2 ** 31, distance: -(2 ** 31) },
])('$to is $distance ahead of $from', ({ from, to, distance }) => {
  expect(timestampDistance(from, to)).toBe(distance)
})
