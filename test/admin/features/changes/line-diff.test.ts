// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from '../../../../apps/admin/src/features/changes/line-diff.ts'

const written = (before: readonly string[], after: readonly string[]): string =>
  diffLines(before, after)
    .map(({ kind, text }) => `${{ kept: ' ', added: '+', removed: '-' }[kind]}${text}`)
    .join(' ')

test.each([
  [['a'], ['a', 'b'], ' a +b'],
  [['a', 'b'], ['b'], '-a  b'],
  [['a'], ['b'], '-a +b'],
  [[], ['a'], '+a'],
  [['a'], [], '-a'],
  [['a', 'b', 'c'], ['b', 'c', 'a'], '-a  b  c +a'],
])('from %j to %j: %s', (before, after, text) => {
  expect(written(before, after)).toBe(text)
})

test('what is kept and removed is what was; what is kept and added is what is', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLines(before, after)
      expect(diff.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(before)
      expect(diff.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(after)
    }),
  )
})

test('two equal lists are kept whole', () => {
  fc.assert(fc.property(fc.array(fc.string()), lines => diffLines(lines, lines).every(({ kind }) => kind === 'kept')))
})
