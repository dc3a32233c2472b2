import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { millis, rescale, ticks, ticksIn } from '#media/runtime/units.ts'

test('a time keeps its length on another clock, to the nearest tick', () => {
  expect(rescale(ticks(90_000), 90_000, 48_000)).toBe(48_000)
  expect(ticksIn(millis(40), 90_000)).toBe(3_600)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), time => {
      const back = rescale(rescale(ticks(time), 8_000, 90_000), 90_000, 8_000)
      expect(Math.abs(back - time)).toBeLessThanOrEqual(1)
    }),
  )
})
