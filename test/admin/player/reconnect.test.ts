// @vitest-environment node
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Retry, reconnectInMs } from '../../../apps/admin/src/player/reconnect.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([
  ['at once after a connection that lasted', { nowMs: 60_000, fruitless: 0 }, 0],
  ['not before the period is over', { nowMs: 4_000, fruitless: 0 }, 11_000],
  ['the first one in vain is no reason to wait longer', { nowMs: 4_000, fruitless: 1 }, 11_000],
  ['then twice as long', { nowMs: 4_000, fruitless: 2 }, 26_000],
  ['two minutes at most', { nowMs: 0, fruitless: 50 }, 120_000],
  ['a clock that goes back', { nowMs: -5_000, fruitless: 0 }, 15_000],
])('%s', (_name, { nowMs, fruitless }, wanted) => {
  expect(reconnectInMs({ nowMs, connectedMs: 0, periodMs: 15_000, fruitless })).toBe(wanted)
})

test('never begins two connections within a period, and never gives up', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100), (lastedMs, fruitless) => {
      const inMs = reconnectInMs({ nowMs: lastedMs, connectedMs: 0, periodMs: 15_000, fruitless })
      expect(lastedMs + inMs).toBeGreaterThanOrEqual(15_000)
      expect(inMs).toBeLessThanOrEqual(120_000)
    }),
  )
})

test('an hour without a server is some thirty connections, and the first one after it is soon', () => {
  const begun: number[] = []
  const retry = new Retry(() => {
    begun.push(performance.now())
    retry.connecting()
    retry.schedule(15_000, 'fruitless')
  })
  retry.connecting()
  retry.schedule(15_000, 'played')
  vi.advanceTimersByTime(3_600_000)
  expect(begun.length).toBeGreaterThan(28)
  expect(begun.length).toBeLessThan(36)
  retry.plays()
  retry.connecting()
  retry.schedule(15_000, 'fruitless')
  const before = begun.length
  vi.advanceTimersByTime(15_000)
  expect(begun.length).toBe(before + 1)
  retry.stop()
  expect(vi.getTimerCount()).toBe(0)
})
