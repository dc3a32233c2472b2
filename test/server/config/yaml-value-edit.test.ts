import { expect, test } from 'vitest'
import { applyPatches } from '#server/config/text-patch.ts'
import { YamlDocument } from '#server/config/yaml-document.ts'
import { findNamedPair } from '#server/config/yaml-nodes.ts'
import { editValue, formatFlowPair, formatFlowValue, formatPair } from '#server/config/yaml-value-edit.ts'

const rows = [
  { name: 'a text in quotes keeps them', before: 'a: "x:1" # c', sources: ['z:2'], after: 'a: "z:2" # c' },
  { name: 'a literal block becomes a line', before: 'a: |\n    x\n  b: q', sources: ['z:2'], after: 'a: z:2\n  b: q' },
  { name: 'an alias becomes a text', before: 'b: &b q\n  a: *b', sources: ['z:2'], after: 'b: &b q\n  a: z:2' },
  { name: 'a flow list stays one', before: 'a: [x:1, "y:2"]', sources: ['z,2'], after: "a: ['z,2']" },
  { name: 'a list loses all its items', before: 'a:\n    - x # c\n  b: q', sources: [], after: 'a: # c\n  b: q' },
  { name: 'nothing becomes a text', before: 'a: # c', sources: ['z:2'], after: 'a: z:2 # c' },
  { name: 'null becomes a list', before: 'a: ~ # c', sources: ['z:2', 'w:3'], after: 'a: # c\n    - z:2\n    - w:3' },
  { name: 'a list of what is no text is written anew', before: 'a:\n    - [x]', sources: ['z:2'], after: 'a: z:2' },
]

test.for(rows)('$name', ({ before, sources, after }) => {
  const yaml = new YamlDocument(`streams:\n  ${before}\n`)
  const patches = editValue({ yaml, pair: findNamedPair(yaml, 'streams', 'a')!, flow: false }, sources)
  expect(patches && applyPatches(yaml.text, patches)).toBe(`streams:\n  ${after}\n`)
})

test('a key of a flow map that has no colon gets one', () => {
  const yaml = new YamlDocument('streams: {a, b}')
  const patches = editValue({ yaml, pair: findNamedPair(yaml, 'streams', 'a')!, flow: true }, ['z'])
  expect(patches && applyPatches(yaml.text, patches)).toBe('streams: {a: z, b}')
})

test('a new stream is one line, or a line a source', () => {
  expect(formatPair('a', ['x:1'], 2)).toEqual(['  a: x:1'])
  expect(formatPair('a', ['x:1', '5'], 2)).toEqual(['  a:', '    - x:1', "    - '5'"])
  expect(formatPair('no', [], 4)).toEqual(["    'no':"])
})

test('in a flow map there are no lines', () => {
  expect([formatFlowPair('a,b', ['x']), formatFlowValue([]), formatFlowValue(['x', '{y}'])]).toEqual([
    "'a,b': x",
    'null',
    "[x, '{y}']",
  ])
})
