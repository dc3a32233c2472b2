import { beforeEach, expect, test } from 'vitest'
import type { ConfigChange, StreamRecord } from '#server/commands/control-plane.ts'
import { ServerLog } from '#server/logging/server-log.ts'
import { followPreloads } from '#server/reactors/preload-reactor.ts'
import { RecordingEngine } from '#test/helpers/recording-engine.ts'

const record = (id: string, name: string, preload?: string): StreamRecord => ({
  ...{ id, name, sources: [], shownSources: [], position: 1, updatedAt: 0 },
  ...(preload === undefined ? {} : { preload }),
})

let engine: RecordingEngine
let lines: string[]
let listeners: Set<(change: ConfigChange) => void>

beforeEach(() => {
  engine = new RecordingEngine()
  lines = []
  listeners = new Set()
})

const follow = (...streams: readonly StreamRecord[]): Disposable =>
  followPreloads({
    engine,
    log: new ServerLog({ write: line => lines.push(line) }).module('streams'),
    controlPlane: {
      streams: new Map(streams.map(stream => [stream.name, stream])),
      onChange: listener => {
        listeners.add(listener)
        return { [Symbol.dispose]: () => void listeners.delete(listener) }
      },
    },
  })

/** What the engine is told after a change. */
const after = (streams: readonly StreamRecord[], removed: readonly string[] = []): readonly string[] => {
  engine.orders.length = 0
  for (const listener of listeners) listener({ position: 1, events: [], streams, removed })
  return [...engine.orders]
}

test('what should run at the start runs, then what is decided, until it is let go', () => {
  const following = follow(record('1', 'a', ''), record('2', 'b'))
  expect(engine.orders).toEqual(['preload a: '])
  expect(after([record('2', 'b', 'video')])).toEqual(['preload b: video'])
  expect(after([record('2', 'b', 'audio')])).toEqual(['preload b: audio'])
  expect(after([record('1', 'a')])).toEqual(['let a'])
  following[Symbol.dispose]()
  expect(after([record('1', 'a', '')])).toEqual([])
})

test('a removed stream is let go; one that was never kept running is nobody to let go', () => {
  follow(record('1', 'a', ''), record('2', 'b'))
  expect(after([], ['1', '2'])).toEqual(['let a'])
})

test('a preload that is not of the configuration is left alone', () => {
  follow(record('1', 'a'))
  expect(after([record('1', 'a')])).toEqual([])
})

test('under its new name a stream is kept running before its old one lets it go', () => {
  follow(record('1', 'a', ''))
  expect(after([record('1', 'b', '')])).toEqual(['preload b: ', 'let a'])
})

test('two that change names with each other are both kept running', () => {
  follow(record('1', 'a', ''), record('2', 'b', ''))
  expect(after([record('1', 'b', ''), record('2', 'a', '')])).toEqual(['let b', 'preload b: ', 'let a', 'preload a: '])
})

test('what the engine refuses is told, and the others run', () => {
  engine.preloadsMax = 1
  follow(record('1', 'a', ''), record('2', 'b', ''))
  expect(engine.orders).toEqual(['preload a: '])
  expect(lines.join('')).toMatch(/WRN \[streams\] stream cannot be preloaded .*b/)
  engine.preloadsMax = 2
  expect(after([record('2', 'b', '')])).toEqual(['preload b: '])
})
