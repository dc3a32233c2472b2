import { expect, test } from 'vitest'
import { showEvents } from '#server/commands/recorded-event.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('every entry has the name its stream had then, and no secret', () => {
  using opened = new OpenedConfiguration()
  const { store } = opened.configuration
  opened.set('a', 'rtsp://u:hunter2@h')
  opened.run({ type: 'RenameStream', name: 'a', to: 'b' })
  opened.set('b', 'x:1')
  opened.run({ type: 'RemoveStream', name: 'b' })
  const shown = showEvents(store, [...store.readAll()])
  expect(shown.map(({ streamName, data }) => [streamName, data])).toEqual([
    ['a', { name: 'a', sources: ['rtsp://u:***@h'] }],
    ['b', { from: 'a', to: 'b' }],
    ['b', { sources: ['x:1'] }],
    ['b', {}],
  ])
})

test('a page that begins in the middle of a history has the names too', () => {
  using opened = new OpenedConfiguration()
  const { store } = opened.configuration
  opened.set('a', 'x:1')
  opened.set('a', 'y:2')
  expect(showEvents(store, store.readAfter(1, 1)).map(({ streamName }) => streamName)).toEqual(['a'])
})
