import { expect, test } from 'vitest'
import type { StreamEvent } from '#server/domain/stream/stream-events.ts'
import { streamListProjection } from '#server/projections/stream-list/stream-list.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

const recorded = (position: number, streamId: string, event: StreamEvent) => ({
  ...{ position, streamId, version: position, event, at: position * 10 },
  ...{ actor: 'rest', correlationId: 'c', causationId: undefined, nodeId: 'n' },
})

const added = (name: string): StreamEvent => ({ type: 'StreamAdded', data: { name, sources: ['x:1'] } })

test('each event leaves its mark, with its own position and time', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  const list = streamListProjection(database)
  list.apply(recorded(1, 'one', added('a')))
  list.apply(recorded(2, 'two', added('b')))
  list.apply(recorded(3, 'one', { type: 'StreamRenamed', data: { from: 'a', to: 'z' } }))
  list.apply(recorded(4, 'one', { type: 'StreamSourcesChanged', data: { sources: ['y:2', 'w:3'] } }))
  list.apply(recorded(5, 'two', { type: 'StreamRemoved', data: {} }))
  expect(listStreams(database)).toEqual([{ id: 'one', name: 'z', sources: ['y:2', 'w:3'], position: 4, updatedAt: 40 }])
  list.clear()
  expect(listStreams(database)).toEqual([])
})

test('a preload stays until it or its stream ends', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  const list = streamListProjection(database)
  const preloads = () => listStreams(database).map(({ preload }) => preload)
  list.apply(recorded(1, 'one', added('a')))
  list.apply(recorded(2, 'one', { type: 'StreamPreloaded', data: { query: '' } }))
  list.apply(recorded(3, 'one', { type: 'StreamRenamed', data: { from: 'a', to: 'z' } }))
  expect(listStreams(database)).toEqual([
    { id: 'one', name: 'z', sources: ['x:1'], preload: '', position: 3, updatedAt: 30 },
  ])
  list.apply(recorded(4, 'one', { type: 'StreamPreloadEnded', data: {} }))
  expect(preloads()).toEqual([undefined])
  list.apply(recorded(5, 'one', { type: 'StreamPreloaded', data: { query: 'video' } }))
  list.apply(recorded(6, 'one', { type: 'StreamRemoved', data: {} }))
  list.apply(recorded(7, 'one', added('a')))
  expect(preloads()).toEqual([undefined])
})

test('the table itself lets a name be used once', () => {
  using opened = new OpenedConfiguration()
  const list = streamListProjection(opened.configuration.database)
  list.apply(recorded(1, 'one', added('a')))
  expect(() => list.apply(recorded(2, 'two', added('a')))).toThrow('UNIQUE')
})
