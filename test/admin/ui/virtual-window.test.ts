// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrollToRow, virtualWindow } from '../../../apps/admin/src/ui/virtual-window.ts'

const geometry = fc.record({
  count: fc.nat(10_000),
  rowHeight: fc.integer({ min: 16, max: 96 }),
  scrollTop: fc.integer({ min: -500, max: 1_000_000 }),
  viewHeight: fc.nat(3000),
})

test('every row in view is drawn, and never many more', () => {
  fc.assert(
    fc.property(geometry, ({ count, rowHeight, scrollTop, viewHeight }) => {
      const drawn = virtualWindow(count, rowHeight, scrollTop, viewHeight)
      const top = Math.min(Math.max(0, scrollTop), Math.max(0, count * rowHeight - viewHeight))
      const firstVisible = Math.floor(top / rowHeight)
      const lastVisible = Math.min(count, Math.ceil((top + viewHeight) / rowHeight))
      expect(drawn.start).toBeLessThanOrEqual(Math.min(firstVisible, count))
      expect(drawn.end).toBeGreaterThanOrEqual(lastVisible)
      expect(drawn.start).toBeGreaterThanOrEqual(0)
      expect(drawn.end).toBeLessThanOrEqual(count)
      expect(drawn.end - drawn.start).toBeLessThanOrEqual(Math.ceil(viewHeight / rowHeight) + 14)
      expect(drawn.offset).toBe(drawn.start * rowHeight)
      expect(drawn.height).toBe(count * rowHeight)
    }),
  )
})

test('ten thousand rows draw some dozens', () => {
  expect(virtualWindow(10_000, 56, 280_000, 800)).toEqual({ start: 4994, end: 5021, offset: 279_664, height: 560_000 })
})

test('a list that became shorter than where it was scrolled shows its end', () => {
  const { start, end } = virtualWindow(10, 50, 100_000, 200)
  expect([start, end]).toEqual([0, 10])
})

test.each([
  ['above the view', 2, 500, 100],
  ['below the view', 20, 500, 650],
  ['in the view', 12, 500, 500],
])('a row %s is scrolled to as little as needed', (_where, row, scrollTop, expected) => {
  expect(scrollToRow(row, 50, scrollTop, 400)).toBe(expected)
})
