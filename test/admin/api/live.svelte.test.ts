import { expect, test, vi } from 'vitest'
import { Live } from '../../../apps/admin/src/api/live.svelte.ts'
import { startGraphqlServer } from '../graphql-server.ts'
import { eventAt, statusOf, streamOf, systemAt } from '../stream-data.ts'

const names = (live: Live) => live.streams.map(({ name }) => name)

function loaded(...streams: ReturnType<typeof streamOf>[]): Live {
  const live = new Live()
  live.load(systemAt(5), streams)
  return live
}

test('streams stand in the order people count', () => {
  expect(names(loaded(streamOf('cam10'), streamOf('cam2'), streamOf('Attic')))).toEqual(['Attic', 'cam2', 'cam10'])
})

test('the first statuses of a connection say who is not idle; later ones only what changed', () => {
  const live = loaded(streamOf('a', { state: 'LIVE', viewerCount: 2 }), streamOf('b', { state: 'LIVE' }))
  live.receive({ __typename: 'StatusChanged', statuses: [statusOf('b', { state: 'LIVE' })] })
  expect(live.statuses.get('a')).toMatchObject({ state: 'IDLE', viewerCount: 0 })
  live.receive({ __typename: 'StatusChanged', statuses: [statusOf('a', { state: 'FAILED' })] })
  expect([live.statuses.get('a')?.state, live.statuses.get('b')?.state]).toEqual(['FAILED', 'LIVE'])
})

test('a change of the configuration adds, replaces, renames and removes', () => {
  const live = loaded(streamOf('a'), streamOf('b'), streamOf('c'))
  const renamed = { ...streamOf('b'), name: 'z' }
  live.receive({
    __typename: 'ConfigurationChanged',
    position: 9,
    events: [eventAt(9)],
    streams: [renamed, streamOf('d')],
    removed: ['c'],
  })
  expect(names(live)).toEqual(['a', 'd', 'z'])
  expect(live.find('z')?.id).toBe('b')
  expect(live.find('b')).toBeUndefined()
  expect(live.statuses.has('c')).toBe(false)
  expect(live.position).toBe(9)
})

test('whoever listens hears new events, and no more after leaving', () => {
  const live = loaded()
  const heard: number[] = []
  const leave = live.onEvents(events => heard.push(...events.map(({ position }) => position)))
  const change = (position: number) =>
    live.receive({
      __typename: 'ConfigurationChanged',
      position,
      events: [eventAt(position)],
      streams: [],
      removed: [],
    })
  change(6)
  leave()
  change(7)
  expect(heard).toEqual([6])
})

test('waiting for a position ends when the feed reaches it', async () => {
  const live = loaded()
  await live.reached(5)
  const waiting = live.reached(6)
  live.receive({ __typename: 'ConfigurationChanged', position: 6, events: [eventAt(6)], streams: [], removed: [] })
  await waiting
})

test('follows the server, resumes after a break from the last position, and starts anew when the log is shorter', async () => {
  let position = 5
  const resumedFrom: unknown[] = []
  const feeds: ((change: unknown) => void)[] = []
  const answers = {
    system: () => systemAt(position),
    streams: () => [streamOf(position >= 5 ? 'old' : 'other')],
    async *changes({ after }: Record<string, unknown>) {
      resumedFrom.push(after)
      yield { changes: { __typename: 'StatusChanged', statuses: [] } }
      for (;;) yield { changes: await new Promise(tell => feeds.push(tell)) }
    },
  }
  const live = new Live()
  const end = new AbortController()
  await using first = await startGraphqlServer(answers)
  const following = live.follow(end.signal)
  await vi.waitFor(() => expect(live.connection).toBe('connected'))
  await vi.waitFor(() => expect(feeds.length, 'feed open').toBe(1))
  position = 6
  feeds[0]?.({
    __typename: 'ConfigurationChanged',
    position: 6,
    events: [eventAt(6)],
    streams: [streamOf('new')],
    removed: [],
  })
  await vi.waitFor(() => expect(names(live)).toEqual(['new', 'old']))

  await first[Symbol.asyncDispose]()
  await vi.waitFor(() => expect(live.connection).toBe('reconnecting'))
  expect(names(live), 'the last known stays').toEqual(['new', 'old'])
  expect(live.problem).toBeDefined()

  await using second = await startGraphqlServer(answers)
  await vi.waitFor(() => expect(live.connection).toBe('connected'), { timeout: 8000 })
  expect(resumedFrom).toEqual([5, 6])

  await second[Symbol.asyncDispose]()
  position = 2
  await using _third = await startGraphqlServer(answers)
  await vi.waitFor(() => expect(names(live)).toEqual(['other']), { timeout: 8000 })
  end.abort()
  await following
}, 20_000)
