import { describe, expect, test } from 'vitest'
import type { LinkedStream } from '#server/commands/linked-streams.ts'
import { takeInFile, usableStreams } from '#server/commands/take-in-file.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

type Written = Readonly<Record<string, readonly string[]>>

/** Lets a configuration take in a file; what it said before is remembered from call to call. */
class FileOf {
  readonly opened: OpenedConfiguration
  before: readonly LinkedStream[] = []

  constructor(opened: OpenedConfiguration) {
    this.opened = opened
  }

  says(written: Written, preloads: Readonly<Record<string, string>> = {}): readonly string[] {
    const { configuration } = this.opened
    const streams = Object.entries(written).map(([name, sources]) => ({ name, sources }))
    const running = Object.entries(preloads).map(([name, query]) => ({ name, query }))
    const decision = configuration.decide({ actor: 'file', at: 1 }, changes => {
      this.before = takeInFile({ streams, preloads: running }, this.before, changes, configuration)
    })
    return decision.events.map(({ type, streamName }) => `${type} ${streamName}`)
  }
}

test('a new file brings its streams, the same file again brings nothing', () => {
  using opened = new OpenedConfiguration()
  const file = new FileOf(opened)
  const written = { a: ['rtsp://u:hunter2@h'], b: [] }
  expect(file.says(written)).toEqual(['StreamAdded a', 'StreamAdded b'])
  expect(file.says(written)).toEqual([])
  expect(opened.streams).toEqual(written)
  expect(file.before.map(({ name, streamId }) => [name, streamId])).toEqual([
    ['a', opened.idOf('a')],
    ['b', opened.idOf('b')],
  ])
})

test('what a person changed, added and removed becomes so', () => {
  using opened = new OpenedConfiguration()
  const file = new FileOf(opened)
  file.says({ a: ['x:1'], b: ['y:2'], c: ['z:3'] })
  expect(file.says({ a: ['x:9'], c: ['z:3'], d: ['w:4'] })).toEqual([
    'StreamRemoved b',
    'StreamSourcesChanged a',
    'StreamAdded d',
  ])
})

test('one name for another with the same sources is a rename', () => {
  using opened = new OpenedConfiguration()
  const file = new FileOf(opened)
  file.says({ a: ['x:1'], b: ['y:2'] })
  const id = opened.idOf('a')
  expect(file.says({ z: ['x:1'], b: ['y:2'] })).toEqual(['StreamRenamed z'])
  expect(opened.idOf('z')).toBe(id)
  expect(file.says({ z: ['x:1'], b: ['y:2'] })).toEqual([])
})

test('two names for two others cannot be told from removing and adding', () => {
  using opened = new OpenedConfiguration()
  const file = new FileOf(opened)
  file.says({ a: ['x:1'], b: ['x:1'] })
  expect(file.says({ y: ['x:1'], z: ['x:1'] })).toEqual([
    'StreamRemoved a',
    'StreamRemoved b',
    'StreamAdded y',
    'StreamAdded z',
  ])
})

describe('when both sides changed', () => {
  test('the same stream, the file wins', () => {
    using opened = new OpenedConfiguration()
    const file = new FileOf(opened)
    file.says({ a: ['x:1'] })
    opened.set('a', 'api:2')
    expect(file.says({ a: ['file:3'] })).toEqual(['StreamSourcesChanged a'])
    expect(opened.streams).toEqual({ a: ['file:3'] })
  })

  test('what the person did not touch keeps what was decided elsewhere', () => {
    using opened = new OpenedConfiguration()
    const file = new FileOf(opened)
    file.says({ a: ['x:1'], b: ['y:2'], c: ['z:3'] })
    opened.set('a', 'api:2')
    opened.run({ type: 'RemoveStream', name: 'c' })
    expect(file.says({ a: ['x:1'], b: ['y:9'], c: ['z:3'] })).toEqual(['StreamSourcesChanged b'])
    expect(opened.streams).toEqual({ a: ['api:2'], b: ['y:9'] })
  })

  test('a stream renamed elsewhere gets the sources from the file and keeps its new name', () => {
    using opened = new OpenedConfiguration()
    const file = new FileOf(opened)
    file.says({ a: ['x:1'] })
    opened.run({ type: 'RenameStream', name: 'a', to: 'b' })
    file.says({ a: ['file:3'] })
    expect(opened.streams).toEqual({ b: ['file:3'] })
  })

  test('a stream removed elsewhere comes back with its identity when the file changed it', () => {
    using opened = new OpenedConfiguration()
    const file = new FileOf(opened)
    file.says({ a: ['x:1'] })
    const id = opened.idOf('a')
    opened.run({ type: 'RemoveStream', name: 'a' })
    expect(file.says({ a: ['file:3'] })).toEqual(['StreamAdded a'])
    expect(opened.idOf('a')).toBe(id)
  })

  test('a name given away elsewhere is what the file says', () => {
    using opened = new OpenedConfiguration()
    const file = new FileOf(opened)
    file.says({ a: ['x:1'] })
    opened.set('z', 'api:1')
    expect(file.says({ z: ['x:1'] })).toEqual(['StreamRemoved a', 'StreamSourcesChanged z'])
    expect(opened.streams).toEqual({ z: ['x:1'] })
  })

  test('a rename that was made on both sides is none', () => {
    using opened = new OpenedConfiguration()
    const file = new FileOf(opened)
    file.says({ a: ['x:1'] })
    opened.run({ type: 'RenameStream', name: 'a', to: 'z' })
    expect(file.says({ z: ['x:1'] })).toEqual([])
    expect(opened.streams).toEqual({ z: ['x:1'] })
  })
})

test('what cannot be a stream is told and left out', () => {
  const { usable, notes } = usableStreams([
    { name: 'a', sources: ['x:1'] },
    { name: 'b\n', sources: [] },
    { name: 'c', sources: Array(40).fill('x:1') },
  ])
  expect(usable.map(({ name }) => name)).toEqual(['a'])
  expect(notes.length).toBe(2)
})
