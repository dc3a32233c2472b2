import { expect, test } from 'vitest'
import { reconnectDelay } from '#media/runtime/backoff.ts'

test('a reconnect comes at once, then after 1 s five times, 5 s five times, 10 s ten times, then 60 s for ever', () => {
  const seconds = Array.from({ length: 23 }, (_, attempt) => reconnectDelay(attempt) / 1000)
  expect(seconds).toEqual([0, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 60, 60])
  expect(reconnectDelay(1e9)).toBe(60_000)
})
