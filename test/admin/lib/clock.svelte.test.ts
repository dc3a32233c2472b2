import { flushSync } from 'svelte'
import { expect, test, vi } from 'vitest'
import { Clock } from '../../../apps/admin/src/lib/clock.svelte.ts'

test('whoever reads the time while drawing is drawn again each second, and nothing ticks afterwards', async () => {
  vi.useFakeTimers({ now: 1000 })
  const clock = new Clock()
  const seen: number[] = []
  const stop = $effect.root(() => {
    $effect(() => void seen.push(clock.now))
  })
  flushSync()
  vi.advanceTimersByTime(2000)
  flushSync()
  expect(seen[0]).toBe(1000)
  expect(seen.at(-1)).toBe(3000)
  stop()
  await vi.advanceTimersByTimeAsync(0)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('outside of drawing it simply tells the time', () => {
  const before = Date.now()
  expect(new Clock().now).toBeGreaterThanOrEqual(before)
})
