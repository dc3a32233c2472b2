import { expect, test } from 'vitest'
import { Tally } from '#media/runtime/tally.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

test('a tally tells the sum at most once a second, and what is left at its end', async () => {
  const clock = new HeldClock()
  const told: number[] = []
  const tally = new Tally(clock, count => told.push(count))
  for (let i = 0; i < 214; i++) tally.add()
  expect(told).toEqual([])
  await clock.advance(1_000)
  expect(told).toEqual([214])
  await clock.advance(5_000)
  expect(told).toEqual([214])
  tally.add(3)
  tally[Symbol.dispose]()
  expect(told).toEqual([214, 3])
  expect(clock.timerCount).toBe(0)
})
