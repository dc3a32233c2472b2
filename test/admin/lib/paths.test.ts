// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { href, matchPath, paths } from '../../../apps/admin/src/lib/paths.ts'

test.each([
  ['/', '/', {}],
  ['/changes', '/changes/', {}],
  ['/streams/:name', '/streams/front%20door', { name: 'front door' }],
  ['/streams/:name', '/streams/100%', { name: '100%' }],
])('%s matches %s', (pattern, path, parameters) => {
  expect(matchPath(pattern, path)).toEqual(parameters)
})

test.each([
  ['/', '/changes'],
  ['/changes', '/'],
  ['/streams/:name', '/streams/'],
  ['/streams/:name', '/streams/a/b'],
])('%s does not match %s', (pattern, path) => {
  expect(matchPath(pattern, path)).toBeUndefined()
})

test('any name that a stream may have survives its path', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), name => {
      expect(matchPath('/streams/:name', paths.stream(name))).toEqual({ name })
    }),
  )
})

test('a link stays on the page', () => {
  expect(href(paths.changes)).toBe('#/changes')
})
