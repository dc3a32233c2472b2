import { expect, test } from 'vitest'
import type { Pair } from 'yaml'
import { YamlDocument } from '#server/config/yaml-document.ts'
import {
  colonEnd,
  columnOf,
  contentEnd,
  findNamedPair,
  hasText,
  pairEnd,
  rangeOf,
  sectionMap,
  sectionPair,
  sourceItems,
  urlPair,
} from '#server/config/yaml-nodes.ts'

const text = 'api: x\nstreams:\n  a: b # c\n  l:\n    - 1 # d\n  # e\n  n:\n  f: {url: [x, y]}  # g\n  <<: {m: z}\n'
const yaml = new YamlDocument(text)
const pair = (name: string): Pair => findNamedPair(yaml, 'streams', name)!

test('a pair is over with what it says, not with the comment after it', () => {
  const ends = ['a', 'l', 'n', 'f'].map(name =>
    text
      .slice(0, pairEnd(pair(name)))
      .split('\n')
      .at(-1),
  )
  expect(ends).toEqual(['  a: b', '    - 1', '  n:', '  f: {url: [x, y]}'])
})

test('a scalar stands between its ends', () => {
  const { start, end } = rangeOf(pair('a').value)!
  expect(text.slice(start, end)).toBe('b')
  expect(rangeOf(null)).toBeUndefined()
})

test('the colon of a pair is found', () => {
  expect(text.slice(0, colonEnd(pair('l'))).endsWith('  l:')).toBe(true)
})

test('an empty value has no text', () => {
  expect([hasText(pair('n').value), hasText(pair('a').value)]).toEqual([false, true])
})

test('an empty list is over where it ends', () => {
  const empty = new YamlDocument('streams: []')
  expect(contentEnd(sectionPair(empty, 'streams')?.value)).toBe('streams: []'.length)
})

test('a column counts from the start of the line', () => {
  expect(columnOf(text, rangeOf(pair('l').key)!.start)).toBe(2)
})

test('a merge is no stream', () => {
  expect(findNamedPair(yaml, 'streams', '<<')).toBeUndefined()
  expect(findNamedPair(yaml, 'streams', 'm')).toBeUndefined()
})

test('the section is found where it is written out, not as an alias', () => {
  expect(sectionMap(yaml, 'streams')?.items.length).toBe(5)
  expect(sectionMap(new YamlDocument('x: &x {}\nstreams: *x'), 'streams')).toBeUndefined()
  expect(sectionPair(new YamlDocument('{}'), 'streams')).toBeUndefined()
})

test('the url of a map and the texts of a list are found', () => {
  const url = urlPair(pair('f').value)
  expect(sourceItems(url?.value)?.length).toBe(2)
  expect(sourceItems(new YamlDocument('streams: [a, ~]').document.get('streams'))).toBeUndefined()
  expect(urlPair(pair('a').value)).toBeUndefined()
})
