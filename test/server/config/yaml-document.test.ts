import { expect, test } from 'vitest'
import { isMap } from 'yaml'
import { isNothing, YamlDocument, YamlSyntaxError } from '#server/config/yaml-document.ts'

const valuesOf = (text: string): readonly unknown[] => {
  const { contents } = new YamlDocument(text).document
  return isMap(contents) ? contents.items.map(pair => pair.value) : []
}

test('empty, ~ and null mean nothing, their quoted forms are texts', () => {
  expect(valuesOf('a:\nb: ~\nc: null\nd: Null\ne: "null"\nf: ""\ng: nil').map(isNothing)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})

test('an alias stands for what its anchor last was', () => {
  const yaml = new YamlDocument('a: &x 1\nb: *x\nc: &x 2\nd: *x')
  const [a, b, c, d] = isMap(yaml.document.contents) ? yaml.document.contents.items.map(pair => pair.value) : []
  expect([yaml.resolve(b), yaml.resolve(d), yaml.resolve(a)]).toEqual([a, c, a])
  expect(yaml.aliasesOf(c)).toEqual([d])
})

test('what is not understood is told with line and column', () => {
  const open = (): unknown => new YamlDocument('a: 1\nb: "')
  expect(open).toThrow(YamlSyntaxError)
  expect(open).toThrow(expect.objectContaining({ note: expect.objectContaining({ line: 2, column: 5 }) }))
})

test('a note on a node says where the node is', () => {
  const yaml = new YamlDocument('\n  a: b')
  const [b] = isMap(yaml.document.contents) ? yaml.document.contents.items.map(pair => pair.value) : []
  expect(yaml.noteOn('here', b)).toEqual({ message: 'here', line: 2, column: 6 })
  expect(yaml.noteOn('nowhere', undefined)).toEqual({ message: 'nowhere' })
})
