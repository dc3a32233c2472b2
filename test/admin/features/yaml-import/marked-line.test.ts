// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markedLine } from '../../../../apps/admin/src/features/yaml-import/marked-line.ts'

const text = 'streams:\r\n  porch: rtsp://a\n\tattic: : x\n\n'

test.each([
  [2, 3, '  porch: rtsp://a\n  ^'],
  [2, null, '  porch: rtsp://a'],
  [3, 9, '\tattic: : x\n\t       ^'],
  [2, 99, '  porch: rtsp://a'],
  [2, 0, '  porch: rtsp://a'],
  [4, 1, undefined],
  [99, 1, undefined],
])('line %d, column %s', (line, column, shown) => {
  expect(markedLine(text, line, column)).toBe(shown)
})

test('a long line is cut', () => {
  expect(markedLine('x'.repeat(5000), 1, 4000)).toBe(`${'x'.repeat(160)}…`)
})

test('any place of any text gives two short lines at most', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), fc.option(fc.integer()), (any, line, column) => {
      const shown = markedLine(any, line, column)
      expect((shown ?? '').split('\n').length).toBeLessThanOrEqual(2)
    }),
  )
})
