// @vitest-environment node
import { expect, test } from 'vitest'
import { ratesBetween } from '../../../../apps/admin/src/features/player/player-statistics.ts'

const counters = (atMs: number, bytes: number, frames: number) => ({ atMs, bytes, frames, dropped: 0 })

test('rates are per second, bitrate in bits', () => {
  expect(ratesBetween(counters(0, 0, 0), counters(2000, 1_000_000, 50))).toEqual({
    framesPerSecond: 25,
    bitsPerSecond: 4_000_000,
  })
})

test('no time, or counters that began anew, give no rate', () => {
  expect(ratesBetween(counters(5, 1, 1), counters(5, 9, 9))).toEqual({ framesPerSecond: 0, bitsPerSecond: 0 })
  expect(ratesBetween(counters(0, 1000, 100), counters(1000, 0, 0))).toEqual({ framesPerSecond: 0, bitsPerSecond: 0 })
})
