import { describe, expect, test } from 'vitest'
import type { ConfigChange, RecordedEvent, StreamRecord } from '#server/commands/control-plane.ts'
import { ServerLog } from '#server/logging/server-log.ts'
import { engineReactor, followConfiguration } from '#server/reactors/engine-reactor.ts'
import { RecordingEngine } from '#test/helpers/recording-engine.ts'

const record = (id: string, name: string, ...sources: string[]): StreamRecord => ({
  ...{ id, name, sources, shownSources: sources },
  ...{ position: 1, updatedAt: 0 },
})
const event = (type: RecordedEvent['type'], streamId: string): RecordedEvent => ({
  ...{ type, streamId, streamName: streamId, position: 1, version: 1 },
  ...{ data: {}, actor: 'test', correlationId: 'c', at: 0 },
})
const change = (part: Partial<ConfigChange>): ConfigChange => ({
  position: 1,
  events: [],
  streams: [],
  removed: [],
  ...part,
})

const newReactor = () => {
  const engine = new RecordingEngine()
  const lines: string[] = []
  const log = new ServerLog({ write: line => lines.push(line) }).module('streams')
  const streams = new Map<string, StreamRecord>()
  const listeners = new Set<(change: ConfigChange) => void>()
  const controlPlane = {
    streams,
    onChange: (listener: (change: ConfigChange) => void) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
  const tell = (one: ConfigChange): void => {
    for (const listener of listeners) listener(one)
  }
  return { engine, lines, streams, tell, options: { engine, log, controlPlane } }
}

describe('the engine', () => {
  test.each(['StreamAdded', 'StreamRenamed', 'StreamSourcesChanged'] as const)('is set after %s', type => {
    const { engine, options } = newReactor()
    engineReactor(options)(change({ events: [event(type, 's1')], streams: [record('s1', 'porch', 'rtsp://a/1')] }))
    expect(engine.orders).toEqual(['set s1 porch: rtsp://a/1'])
  })

  test('forgets a stream after StreamRemoved', () => {
    const { engine, options } = newReactor()
    engineReactor(options)(change({ events: [event('StreamRemoved', 's1')], removed: ['s1'] }))
    expect(engine.orders).toEqual(['remove s1'])
  })

  test('does not end a stream that one change removes and brings back', () => {
    const { engine, options } = newReactor()
    const events = [event('StreamRemoved', 's1'), event('StreamAdded', 's1')]
    engineReactor(options)(change({ events, streams: [record('s1', 'porch', 'rtsp://a/1')] }))
    expect(engine.orders).toEqual(['set s1 porch: rtsp://a/1'])
  })

  test('is set anew when a variable means something else, which is no event', () => {
    const { engine, options } = newReactor()
    engineReactor(options)(change({ streams: [record('s1', 'porch', 'rtsp://u:new@a/1')] }))
    expect(engine.orders).toEqual(['set s1 porch: rtsp://u:new@a/1'])
  })

  test('may be told the same change twice', () => {
    const { engine, options } = newReactor()
    const one = change({ events: [event('StreamAdded', 's1')], streams: [record('s1', 'porch', 'rtsp://a/1')] })
    engineReactor(options)(one)
    engineReactor(options)(one)
    expect(new Set(engine.orders).size).toBe(1)
  })

  test('never gets a source that is none, and the log says which, without its password', () => {
    const { engine, lines, options } = newReactor()
    engineReactor(options)(
      change({
        events: [event('StreamAdded', 's1')],
        streams: [record('s1', 'p', 'nonsense', 'rtsp://u:canary3@a/1')],
      }),
    )
    expect(engine.orders).toEqual(['set s1 p: rtsp://u:canary3@a/1'])
    expect(lines.join('')).toMatch(/WRN \[streams\] source is left out .*nonsense/)
  })

  test('gets every stream that is there at the start, then follows, until it is let go', () => {
    const { engine, streams, tell, options } = newReactor()
    streams.set('a', record('s1', 'a', 'rtsp://a/1'))
    const following = followConfiguration(options)
    const added = change({ events: [event('StreamAdded', 's2')], streams: [record('s2', 'b', 'rtsp://a/2')] })
    tell(added)
    following[Symbol.dispose]()
    tell(added)
    expect(engine.orders).toEqual(['set s1 a: rtsp://a/1', 'set s2 b: rtsp://a/2'])
  })
})
