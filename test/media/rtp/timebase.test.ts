import { expect, test } from 'vitest'
import { Timebase } from '#media/rtp/timebase.ts'

/** Lets things dated `late` milliseconds before the clock come for so many seconds. */
const run = (timebase: Timebase, seconds: number, late: number, from = 0): void => {
  for (let now = from; now < from + seconds * 1000; now += 100) {
    timebase.advance(now)
    timebase.observe(now - late, now)
  }
}

test('nothing moves before there was time to learn', () => {
  const timebase = new Timebase(7)
  run(timebase, 10, 50)
  expect(timebase.shift).toBe(7)
})

test.each([50, -50])('what is %d ms late is put right, slowly', late => {
  const timebase = new Timebase(0)
  run(timebase, 20, late)
  expect(Math.abs(timebase.shift)).toBeLessThanOrEqual(5.1)
  run(timebase, 300, late, 20_000)
  expect(timebase.shift).toBeCloseTo(late, 0)
})

test('what is far off is put right ten times as fast', () => {
  const timebase = new Timebase(0)
  run(timebase, 20, 1000)
  expect(timebase.shift).toBeGreaterThan(40)
  expect(timebase.shift).toBeLessThanOrEqual(50.1)
})

test('a long pause counts for no more than a second', () => {
  const timebase = new Timebase(0)
  run(timebase, 11, 1000)
  const before = timebase.shift
  timebase.advance(1e7)
  expect(timebase.shift - before).toBeLessThanOrEqual(5.1)
})

test('without anything to learn from it stands still', () => {
  const timebase = new Timebase(3)
  for (const now of [0, 10_000, 20_000, 30_000]) timebase.advance(now)
  expect(timebase.shift).toBe(3)
})
