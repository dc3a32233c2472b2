import { expect, test } from 'vitest'
import { systemClock } from '#media/runtime/clock.ts'
import { millis } from '#media/runtime/units.ts'

test('a timer runs once, a period again and again, until it is disposed of', async () => {
  const once = Promise.withResolvers<void>()
  const thrice = Promise.withResolvers<void>()
  let count = 0
  using period = systemClock.every(millis(1), () => {
    if (++count === 3) thrice.resolve()
  })
  using cancelled = systemClock.after(millis(1), () => thrice.reject(new Error('a cancelled timer ran')))
  cancelled[Symbol.dispose]()
  systemClock.after(millis(1), once.resolve)
  // Timers do not keep a process alive, so something else has to while they are awaited.
  const alive = setInterval(() => {}, 1000)
  await Promise.all([once.promise, thrice.promise])
  clearInterval(alive)
  period[Symbol.dispose]()
  expect(systemClock.wallTime()).toBeGreaterThan(1_700_000_000_000)
})
