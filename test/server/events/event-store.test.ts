import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { StreamEvent } from '#server/domain/stream/stream-events.ts'
import { ConcurrencyError, EventStore } from '#server/events/event-store.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

const added = (name: string): StreamEvent => ({ type: 'StreamAdded', data: { name, sources: [] } })
const removed: StreamEvent = { type: 'StreamRemoved', data: {} }
const context = { actor: 'rest', correlationId: 'c-1', at: 7 }

let opened: OpenedConfiguration
let store: EventStore

beforeEach(() => {
  opened = new OpenedConfiguration()
  store = new EventStore(opened.configuration.database, 'node-1')
  onTestFinished(() => opened[Symbol.dispose]())
})

test('an event gets its place in the log and in the history of its thing', () => {
  store.append('a', 0, [added('a'), removed], context)
  store.append('b', 0, [added('b')], { ...context, causationId: 'c-0' })
  expect([...store.readAll()]).toEqual([
    { position: 1, streamId: 'a', version: 1, event: added('a'), ...context, causationId: undefined, nodeId: 'node-1' },
    { position: 2, streamId: 'a', version: 2, event: removed, ...context, causationId: undefined, nodeId: 'node-1' },
    { position: 3, streamId: 'b', version: 1, event: added('b'), ...context, causationId: 'c-0', nodeId: 'node-1' },
  ])
  expect(store.position).toBe(3)
})

test('an append that expects another version is refused and appends nothing', () => {
  store.append('a', 0, [added('a')], context)
  expect(() => store.append('a', 0, [added('a')], context)).toThrow(ConcurrencyError)
  expect(() => store.append('a', 2, [removed], context)).toThrow(ConcurrencyError)
  expect(store.position).toBe(1)
})

describe('the log is append-only', () => {
  const attempts = [
    "UPDATE events SET actor = 'x'",
    'DELETE FROM events',
    "INSERT OR REPLACE INTO events (position, stream_id, version, type, schema_version, data, actor, correlation_id, node_id, at) VALUES (1, 'z', 1, 't', 1, '{}', 'a', 'c', 'n', 1)",
    "INSERT OR REPLACE INTO events (stream_id, version, type, schema_version, data, actor, correlation_id, node_id, at) VALUES ('a', 1, 't', 1, '{}', 'a', 'c', 'n', 1)",
  ]

  test.for(attempts)('%s is refused', statement => {
    store.append('a', 0, [added('a')], context)
    expect(() => opened.configuration.database.$client.exec(statement)).toThrow('events are append-only')
    expect([...store.readAll()].map(({ streamId }) => streamId)).toEqual(['a'])
  })
})

describe('reading', () => {
  beforeEach(() => {
    opened.configuration.transaction(() => {
      for (let turn = 0; turn < 1200; turn++)
        store.append('a', turn, [turn % 2 === 0 ? added(`a${turn}`) : removed], {
          ...context,
          correlationId: `c-${turn}`,
        })
      store.append('b', 0, [added('b')], context)
    })
  })

  test('the whole log comes in order, beyond one piece, between two positions', () => {
    expect([...store.readAll()].map(({ position }) => position)).toEqual(
      Array.from({ length: 1201 }, (_, index) => index + 1),
    )
    expect([...store.readAll(999, 1003)].map(({ position }) => position)).toEqual([1000, 1001, 1002, 1003])
  })

  test('a page comes newest first, of one thing when asked', () => {
    expect(store.readPage({ count: 2 }).map(({ position }) => position)).toEqual([1201, 1200])
    expect(store.readPage({ before: 3, count: 5 }).map(({ position }) => position)).toEqual([2, 1])
    expect(store.readPage({ streamId: 'b', count: 5 }).map(({ position }) => position)).toEqual([1201])
  })

  test('what was missed comes oldest first, up to a number', () => {
    expect(store.readAfter(1199, 10).map(({ position }) => position)).toEqual([1200, 1201])
    expect(store.readAfter(0, 2).length).toBe(2)
  })

  test('a history can be read on from a version', () => {
    expect(store.load('a', 1198).map(({ version }) => version)).toEqual([1199, 1200])
    expect(store.load('nobody')).toEqual([])
  })

  test('a change set is found by what its events share', () => {
    expect(store.readChangeSet('c-5').map(({ position }) => position)).toEqual([6])
  })

  test('the names of a thing are found up to a version', () => {
    expect(store.readNaming('a', 4).map(({ version }) => version)).toEqual([1, 3])
  })
})

test('an event of an unknown type stops the reading with a sentence', () => {
  opened.configuration.database.$client.exec(
    "INSERT INTO events (stream_id, version, type, schema_version, data, actor, correlation_id, node_id, at) VALUES ('a', 1, 'StreamPainted', 1, '{}', 'a', 'c', 'n', 1)",
  )
  expect(() => [...store.readAll()]).toThrow('the log holds an event StreamPainted')
})
