import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConfigChange, RecordedEvent, StreamRecord } from '#server/commands/control-plane.ts'
import type { ConfigurationChanged, StatusChanged } from '#server/graphql/builder.ts'
import { ChangeFeed } from '#server/graphql/change-feed.ts'
import type { LiveStream } from '#server/graphql/live.ts'

/** A log and a live view that a test moves by hand; pages of the log have 10 events. */
class World {
  readonly events: RecordedEvent[] = []
  readonly streams = new Map<string, StreamRecord>()
  readonly running = new Map<string, LiveStream>()
  readonly #changes = new Set<(change: ConfigChange) => void>()
  readonly #statuses = new Set<(ids: ReadonlySet<string>) => void>()
  readonly abort = new AbortController()

  get listenerCount(): number {
    return this.#changes.size + this.#statuses.size
  }

  append(count = 1): void {
    for (let at = 0; at < count; at++) {
      const position = this.events.length + 1
      const event: RecordedEvent = {
        ...{ position, streamId: 's', version: position, type: 'StreamSourcesChanged', data: {} },
        ...{ streamName: 's', actor: 'test', correlationId: `c${position}`, at: 0 },
      }
      this.events.push(event)
      for (const listener of this.#changes) listener({ position, events: [event], streams: [], removed: [] })
    }
  }

  status(...ids: readonly string[]): void {
    for (const id of ids)
      this.running.set(id, { snapshot: { id, state: 'live', sources: [], consumers: [] }, bitsPerSecond: 0 })
    for (const listener of this.#statuses) listener(new Set(ids))
  }

  feed(after?: number): ChangeFeed {
    const world = this
    return new ChangeFeed({
      after,
      signal: this.abort.signal,
      controlPlane: {
        streams: this.streams,
        get position() {
          return world.events.length
        },
        onChange: listener => on(this.#changes, listener),
        eventsAfter: async position => this.events.slice(position, position + 10),
      },
      live: {
        stream: id => this.running.get(id),
        notIdle: () => [...this.running.values()],
        onChange: listener => on(this.#statuses, listener),
      },
    })
  }
}

const on = <Listener>(listeners: Set<Listener>, listener: Listener): Disposable => {
  listeners.add(listener)
  return { [Symbol.dispose]: () => void listeners.delete(listener) }
}

const take = async (feed: ChangeFeed): Promise<ConfigurationChanged | StatusChanged> => {
  const { value, done } = await feed.next()
  if (done) throw new Error('the feed has ended')
  return value
}

/** Positions of the configuration until a position is seen. */
const positionsUntil = async (feed: ChangeFeed, last: number): Promise<readonly number[]> => {
  const seen: number[] = []
  while (seen.at(-1) !== last) {
    const value = await take(feed)
    if (value.kind === 'ConfigurationChanged') seen.push(...value.events.map(event => event.position))
  }
  return seen
}

const upTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, at) => from + at + 1)

describe('a feed', () => {
  test('begins with what runs, even when nothing does', async () => {
    const world = new World()
    world.status('a', 'b')
    const first = await take(world.feed())
    expect(first.kind === 'StatusChanged' && first.statuses.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(await take(new World().feed())).toEqual({ kind: 'StatusChanged', statuses: [] })
  })

  test('replays what was missed, page by page, and goes on live', async () => {
    const world = new World()
    world.append(25)
    const feed = world.feed(3)
    expect(await positionsUntil(feed, 25)).toEqual(upTo(3, 25))
    world.append(2)
    expect(await positionsUntil(feed, 27)).toEqual([26, 27])
  })

  test('without a position begins now', async () => {
    const world = new World()
    world.append(5)
    const feed = world.feed()
    world.append()
    expect(await positionsUntil(feed, 6)).toEqual([6])
  })

  test.each([[-5], [99]])('takes %i for a position as what is nearest to it', async after => {
    const world = new World()
    world.append(2)
    const feed = world.feed(after)
    world.append()
    expect(await positionsUntil(feed, 3)).toEqual(after < 0 ? [1, 2, 3] : [3])
  })

  test('that nobody reads for long keeps little, and misses nothing', async () => {
    const world = new World()
    const feed = world.feed()
    world.append(1000)
    expect(await positionsUntil(feed, 1000)).toEqual(upTo(0, 1000))
  })

  test('tells every event once and in order, however reading and writing interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant('read' as const)), { maxLength: 20 }),
        fc.nat(20),
        async (steps, before) => {
          const world = new World()
          world.append(before)
          const feed = world.feed(0)
          const seen: number[] = []
          for (const step of steps) {
            if (step !== 'read') world.append(step)
            else if (seen.length < world.events.length) {
              const value = await take(feed)
              if (value.kind === 'ConfigurationChanged') seen.push(...value.events.map(event => event.position))
            }
          }
          if (seen.length < world.events.length) seen.push(...(await positionsUntil(feed, world.events.length)))
          expect(seen).toEqual(upTo(0, world.events.length))
        },
      ),
    )
  })

  test('tells statuses once a stream, however often it changed, five hundred at most in one message', async () => {
    const world = new World()
    const feed = world.feed()
    await take(feed)
    const ids = upTo(0, 700).map(String)
    for (let at = 0; at < 3; at++) world.status(...ids)
    const counts: number[] = []
    for (let at = 0; at < 2; at++) {
      const value = await take(feed)
      counts.push(value.kind === 'StatusChanged' ? value.statuses.length : 0)
    }
    expect(counts).toEqual([500, 200])
  })

  test('wakes a reader that waits', async () => {
    const world = new World()
    const feed = world.feed()
    await take(feed)
    const waiting = take(feed)
    world.append()
    expect((await waiting).kind).toBe('ConfigurationChanged')
  })

  test.each(['return', 'abort'] as const)('ends by %s while a reader waits, and lets everything go', async way => {
    const world = new World()
    const feed = world.feed()
    let ended = 0
    feed.onEnd(() => ended++)
    await take(feed)
    const waiting = feed.next()
    if (way === 'return') await feed.return()
    else world.abort.abort()
    expect(await waiting).toEqual({ value: undefined, done: true })
    await feed.return()
    expect(ended).toBe(1)
    expect(world.listenerCount).toBe(0)
  })

  test('of a server that ends already ends at once', async () => {
    const world = new World()
    world.abort.abort()
    expect((await world.feed().next()).done).toBe(true)
  })
})
