import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { preloadEdits } from '#server/commands/preload-edits.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

let opened: OpenedConfiguration

beforeEach(() => {
  opened = new OpenedConfiguration()
  onTestFinished(() => opened[Symbol.dispose]())
})

const preload = (name: string, query: string | null) => opened.run({ type: 'SetPreload', name, query })

/** `links`: names in the file, when it and the configuration last agreed, with the streams they meant. */
const editsFor = (written: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) => {
  const { database, vault } = opened.configuration
  const linked = Object.entries(links).map(([name, streamId]) => ({ name, streamId, sources: [], preload: '' }))
  const preloads = Object.entries(written).map(([name, query]) => ({ name, query }))
  return preloadEdits(preloads, linked, listStreams(database), vault)
}

test('a file that says the same needs nothing', () => {
  opened.set('a')
  preload('a', 'video')
  expect(editsFor({ a: 'video' })).toEqual([])
})

test('what is missing comes, what differs changes', () => {
  for (const name of ['a', 'b']) {
    opened.set(name)
    preload(name, '')
  }
  expect(editsFor({ b: 'video' })).toEqual([
    { to: { name: 'a', query: '' } },
    { from: 'b', to: { name: 'b', query: '' } },
  ])
})

test('what was known and runs no more goes; what never was of a stream of ours stays', () => {
  opened.set('a')
  expect(editsFor({ a: '', strange: '' }, { a: opened.idOf('a')! })).toEqual([{ from: 'a' }])
  expect(editsFor({ gone: '', strange: '' }, { gone: 'some-id' })).toEqual([{ from: 'gone' }])
})

test('a rename finds its old line, unless its new name has one', () => {
  opened.set('b')
  preload('b', '')
  const links = { a: opened.idOf('b')! }
  expect(editsFor({ a: '' }, links)).toEqual([{ from: 'a', to: { name: 'b', query: '' } }])
  expect(editsFor({ a: '', b: '' }, links)).toEqual([{ from: 'a' }])
})
