import { expect, test } from 'vitest'
import { PAGE, pageWithDrawing } from './draw-layers.ts'
import { textOf } from './source-files.ts'

test('the drawing of the layers shows them as they are', { timeout: 120_000 }, () => {
  // When it does not: node test/house/draw-layers.ts
  expect(textOf(PAGE)).toBe(pageWithDrawing())
})
