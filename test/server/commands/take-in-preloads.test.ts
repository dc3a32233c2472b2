import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { LinkedStream } from '#server/commands/linked-streams.ts'
import { takeInFile } from '#server/commands/take-in-file.ts'
import { noStreamToPreload, usablePreloads } from '#server/commands/take-in-preloads.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

type Preloads = Readonly<Record<string, string>>

let opened: OpenedConfiguration
let before: readonly LinkedStream[]

beforeEach(() => {
  opened = new OpenedConfiguration()
  before = []
  onTestFinished(() => opened[Symbol.dispose]())
})

/** The file says this now: names with one source each, and preloads; the events it brings. */
const says = (sources: Preloads, preloads: Preloads): readonly string[] => {
  const { configuration } = opened
  const streams = Object.entries(sources).map(([name, source]) => ({ name, sources: [source] }))
  const running = Object.entries(preloads).map(([name, query]) => ({ name, query }))
  const { events } = configuration.decide({ actor: 'file', at: 1 }, changes => {
    before = takeInFile({ streams, preloads: running }, before, changes, configuration)
  })
  return events.map(({ type, streamName }) => `${type} ${streamName}`)
}

const running = (): Preloads =>
  Object.fromEntries(
    listStreams(opened.configuration.database).flatMap(({ name, preload }) =>
      preload === undefined ? [] : [[name, preload]],
    ),
  )

test('what a person adds, changes and takes away becomes so, and the same file again brings nothing', () => {
  expect(says({ a: 'x:1', b: 'y:2' }, { a: '' })).toEqual(['StreamAdded a', 'StreamAdded b', 'StreamPreloaded a'])
  expect(says({ a: 'x:1', b: 'y:2' }, { a: '' })).toEqual([])
  expect(says({ a: 'x:1', b: 'y:2' }, { a: 'video', b: '' })).toEqual(['StreamPreloaded a', 'StreamPreloaded b'])
  expect(says({ a: 'x:1', b: 'y:2' }, { b: '' })).toEqual(['StreamPreloadEnded a'])
  expect(running()).toEqual({ b: '' })
})

test('a stream renamed with its preload goes on running, renamed without it does not', () => {
  says({ a: 'x:1' }, { a: '' })
  expect(says({ b: 'x:1' }, { b: '' })).toEqual(['StreamRenamed b'])
  expect(says({ c: 'x:1' }, { b: '' })).toEqual(['StreamRenamed c', 'StreamPreloadEnded c'])
})

describe('when both sides changed', () => {
  test('what the person did not touch keeps what was decided elsewhere', () => {
    says({ a: 'x:1', b: 'y:2' }, { a: '' })
    opened.run({ type: 'SetPreload', name: 'a', query: null })
    opened.run({ type: 'SetPreload', name: 'b', query: 'video' })
    expect(says({ a: 'x:9', b: 'y:2' }, { a: '' })).toEqual(['StreamSourcesChanged a'])
    expect(running()).toEqual({ b: 'video' })
  })

  test('the same preload, the file wins', () => {
    says({ a: 'x:1' }, { a: '' })
    opened.run({ type: 'SetPreload', name: 'a', query: 'audio' })
    expect(says({ a: 'x:1' }, { a: 'video' })).toEqual(['StreamPreloaded a'])
    expect(running()).toEqual({ a: 'video' })
  })

  test('a stream removed elsewhere that the file brings back comes with its preload', () => {
    says({ a: 'x:1' }, { a: '' })
    opened.run({ type: 'RemoveStream', name: 'a' })
    expect(says({ a: 'x:9' }, { a: '' })).toEqual(['StreamAdded a', 'StreamPreloaded a'])
  })

  test('a stream removed elsewhere does not come back for its preload alone', () => {
    says({ a: 'x:1' }, { a: '' })
    opened.run({ type: 'RemoveStream', name: 'a' })
    expect(says({ a: 'x:1' }, { a: 'video' })).toEqual([])
  })
})

test('a preload of a stream that the file does not name is that of the configuration, or of nobody', () => {
  opened.set('elsewhere')
  expect(says({}, { elsewhere: 'video', nowhere: '' })).toEqual(['StreamPreloaded elsewhere'])
  expect(before).toEqual([])
})

test('what cannot be a preload is told and left out', () => {
  const { usable, notes } = usablePreloads([
    { name: 'a', query: '' },
    { name: 'b', query: 'x'.repeat(2000) },
  ])
  expect(usable).toEqual([{ name: 'a', query: '' }])
  expect(notes).toEqual([{ message: 'b: the preload is longer than 1024 characters: skipped' }])
  expect(noStreamToPreload({ name: 'c', query: '' }).message).toBe('c: there is no such stream to preload: skipped')
})
