import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Toasts } from '../../../apps/admin/src/ui/toasts.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const messages = (toasts: Toasts) => toasts.shown.map(({ message }) => message)

test('a remark goes away by itself', () => {
  const toasts = new Toasts()
  toasts.tell('done')
  vi.advanceTimersByTime(8999)
  expect(messages(toasts)).toEqual(['done'])
  vi.advanceTimersByTime(1)
  expect(messages(toasts)).toEqual([])
})

test('a remark that is being read stays until it is left', () => {
  const toasts = new Toasts()
  toasts.complain('broken')
  const id = toasts.shown[0]?.id ?? 0
  toasts.hold(id)
  vi.advanceTimersByTime(60_000)
  expect(toasts.shown[0]?.bad).toBe(true)
  toasts.release(id)
  vi.advanceTimersByTime(9000)
  expect(toasts.shown).toEqual([])
})

test('there are never more than four, the oldest gives way', () => {
  const toasts = new Toasts()
  for (const message of ['1', '2', '3', '4', '5', '6']) toasts.tell(message)
  expect(messages(toasts)).toEqual(['3', '4', '5', '6'])
  vi.advanceTimersByTime(9000)
  expect(vi.getTimerCount()).toBe(0)
})
