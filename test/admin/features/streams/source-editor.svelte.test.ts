import { expect, test } from 'vitest'
import { SourceEditor } from '../../../../apps/admin/src/features/streams/source-editor.svelte.ts'

const two = ['rtsp://a:***@10.0.0.1/', 'demo:']

test('nothing is changed until something is', () => {
  const editor = new SourceEditor(two)
  expect(editor.changed).toBe(false)
  editor.add()
  expect(editor.changed, 'an empty line is nothing').toBe(false)
  const [first] = editor.lines
  if (first) first.text = ' rtsp://b/ '
  expect(editor.changed).toBe(true)
  expect(editor.result).toEqual(['rtsp://b/', 'demo:'])
})

test('lines move up and down and stop at the ends', () => {
  const editor = new SourceEditor(['a:', 'b:', 'c:'])
  editor.move(0, 1)
  editor.move(0, -1)
  editor.move(2, 1)
  expect(editor.result).toEqual(['b:', 'a:', 'c:'])
})

test('a line keeps what identifies it while others come and go', () => {
  const editor = new SourceEditor(two)
  editor.add()
  const keys = editor.lines.map(({ key }) => key)
  expect(new Set(keys).size).toBe(3)
  editor.remove(0)
  expect(editor.lines.map(({ key }) => key)).toEqual(keys.slice(1))
})

test('passwords that are masked are noticed', () => {
  expect(new SourceEditor(two).hasSecrets).toBe(true)
  expect(new SourceEditor(['demo:']).hasSecrets).toBe(false)
})

test('there are never more sources than the server takes', () => {
  const editor = new SourceEditor(Array.from({ length: 32 }, (_, index) => `rtsp://10.0.0.${index}/`))
  expect(editor.isFull).toBe(true)
  editor.remove(0)
  expect(editor.isFull).toBe(false)
})
