import { expect, test } from 'vitest'
import { type KeyPress, shortcutListener } from '../../../apps/admin/src/lib/shortcuts.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: document.body,
  timeStamp: 0,
  preventDefault: () => {},
  ...more,
})

function listen() {
  const done: string[] = []
  const note = (what: string) => () => void done.push(what)
  const listener = shortcutListener({
    '/': note('search'),
    'g s': note('streams'),
    'g c': note('changes'),
    n: note('new'),
  })
  return { done, listener }
}

test('single keys and sequences do what they say', () => {
  const { done, listener } = listen()
  for (const key of ['/', 'g', 's', 'n', 'g', 'c']) listener(press(key))
  expect(done).toEqual(['search', 'streams', 'new', 'changes'])
})

test('the second key of a sequence alone, late, or after another key does nothing', () => {
  const { done, listener } = listen()
  listener(press('s'))
  listener(press('g', { timeStamp: 0 }))
  listener(press('s', { timeStamp: 1201 }))
  listener(press('g'))
  listener(press('x'))
  listener(press('s'))
  expect(done).toEqual([])
})

test('keys held with a modifier are the browser’s', () => {
  const { done, listener } = listen()
  listener(press('n', { ctrlKey: true }))
  listener(press('n', { metaKey: true }))
  listener(press('n', { altKey: true }))
  expect(done).toEqual([])
})

test.each(['input', 'textarea', 'dialog'])('keys typed into a %s are left alone', tag => {
  const { done, listener } = listen()
  listener(press('n', { target: document.createElement(tag) }))
  expect(done).toEqual([])
})

test('a key that is used is not typed as well', () => {
  const { listener } = listen()
  let prevented = 0
  const preventDefault = () => void prevented++
  listener(press('/', { preventDefault }))
  listener(press('x', { preventDefault }))
  expect(prevented).toBe(1)
})
