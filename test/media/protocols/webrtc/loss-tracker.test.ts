import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LOSS_MS_MAX, LossTracker } from '#media/protocols/webrtc/loss-tracker.ts'

test('what is missing is asked for after a moment, again later, and given up at last', () => {
  const losses = new LossTracker()
  for (const number of [65_534, 65_535, 2, 3]) losses.take(number, 0)
  expect(losses.due(5)).toEqual({ ask: [], lostCount: 0 })
  expect(losses.due(10)).toEqual({ ask: [0, 1], lostCount: 0 })
  expect(losses.due(50)).toEqual({ ask: [], lostCount: 0 })
  losses.take(1, 60)
  expect(losses.due(110)).toEqual({ ask: [0], lostCount: 0 })
  expect(losses.complete).toBe(false)
  expect(losses.due(LOSS_MS_MAX)).toEqual({ ask: [], lostCount: 1 })
  expect(losses.complete).toBe(true)
})

test('what comes late, or twice, is not missing', () => {
  const losses = new LossTracker()
  for (const number of [1, 3, 2, 2, 1]) losses.take(number, 0)
  expect(losses.complete).toBe(true)
})

test('too much at once is not asked for, and a new beginning is none', () => {
  const losses = new LossTracker()
  expect(losses.take(1, 0)).toBe(true)
  expect(losses.take(1000, 0)).toBe(false)
  expect(losses.complete).toBe(true)
  losses.take(1002, 0)
  losses.restart()
  expect(losses.take(40_000, 0)).toBe(true)
  expect(losses.complete).toBe(true)
})

test('in the end exactly what never came was lost, and it never asks for more than 256', () => {
  const arrivals = fc.array(fc.tuple(fc.boolean(), fc.nat(30)), { minLength: 2, maxLength: 600 })
  fc.assert(
    fc.property(fc.nat(0xffff), arrivals, (first, packets) => {
      const losses = new LossTracker()
      let now = 0
      const came = new Set<number>()
      let [lost, gaveUp] = [0, false]
      for (const [at, [comes, wait]] of packets.entries()) {
        now += wait
        if (comes || at === 0) {
          came.add(at)
          if (!losses.take((first + at) & 0xffff, now)) gaveUp = true
        }
        const due = losses.due(now)
        expect(due.ask.length).toBeLessThanOrEqual(256)
        lost += due.lostCount
      }
      lost += losses.due(now + LOSS_MS_MAX).lostCount
      const last = Math.max(...came)
      if (!gaveUp) expect(lost).toBe(last + 1 - came.size)
    }),
  )
})
