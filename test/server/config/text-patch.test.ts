import { expect, test } from 'vitest'
import { applyPatches, insertLines, lineBreakOf, lineEnd, lineStart } from '#server/config/text-patch.ts'

test('patches are applied at the places of the old text, in any order', () => {
  expect(
    applyPatches('0123456789', [
      { start: 7, end: 8, text: 'x' },
      { start: 1, end: 3, text: '' },
    ]),
  ).toBe('03456x89')
})

test('insertions at one place keep their order and come before what is replaced there', () => {
  const inserted = ['a', 'b'].map(text => ({ start: 1, end: 1, text }))
  expect(applyPatches('012', [{ start: 1, end: 2, text: '' }, ...inserted])).toBe('0ab2')
})

test('patches that overlap are refused', () => {
  expect(
    applyPatches('0123', [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ]),
  ).toBeUndefined()
})

test('lines are found by any offset in them', () => {
  expect([lineStart('ab\ncd', 4), lineEnd('ab\ncd', 1), lineEnd('ab\ncd', 3), lineEnd('ab\ncd', 4)]).toEqual([
    3, 3, 3, 5,
  ])
})

test('the first line break is the one the file uses', () => {
  expect([lineBreakOf('a\r\nb\n'), lineBreakOf('a\nb\r\n'), lineBreakOf('a')]).toEqual(['\r\n', '\n', '\n'])
})

test('lines are put in after a line, also where the text does not end with a line break', () => {
  expect(applyPatches('a\nb\n', [insertLines('a\nb\n', 1, ['x', 'y'])])).toBe('a\nx\ny\nb\n')
  expect(applyPatches('a', [insertLines('a', 1, ['x'])])).toBe('a\nx')
  expect(applyPatches('', [insertLines('', 0, ['x'])])).toBe('x\n')
})
