import { expect, test } from 'vitest'
import { cruise } from './cruise.ts'
import { filesBelow } from './source-files.ts'

test('every import goes the way the architecture says', { timeout: 120_000 }, () => {
  const { modules, summary } = cruise()
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
  // A tool that sees no files also sees no violations.
  const seen = new Set(modules.map(({ source }) => source))
  const sources = [...filesBelow('src'), ...filesBelow('apps')].filter(path => /\.(ts|mjs|svelte)$/.test(path))
  expect(sources.filter(path => !seen.has(path) && !path.endsWith('.d.ts'))).toEqual([])
})
