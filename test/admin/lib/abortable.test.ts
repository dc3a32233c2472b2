// @vitest-environment node
import { expect, test, vi } from 'vitest'
import { sleep } from '../../../apps/admin/src/lib/abortable.ts'

test('sleeping ends at once when it is aborted, before or meanwhile', async () => {
  const end = new AbortController()
  const sleeping = sleep(1e9, end.signal)
  end.abort()
  await sleeping
  await sleep(1e9, end.signal)
})

test('sleeping takes its time and leaves nothing behind', async () => {
  vi.useFakeTimers()
  let awake = false
  void sleep(500, new AbortController().signal).then(() => {
    awake = true
  })
  await vi.advanceTimersByTimeAsync(499)
  expect(awake).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(awake).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
