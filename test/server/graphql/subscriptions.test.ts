import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEventStream } from '#test/helpers/event-stream.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const set = async (name: string, source: string): Promise<{ readonly position: number }> => {
  const query = 'mutation($name:String! $sources:[String!]!){setStream(name:$name sources:$sources){position}}'
  return (await server.graphql<{ setStream: { position: number } }>(query, { name, sources: [source] })).setStream
}

describe('a subscription', () => {
  const changes = (after?: number): string =>
    `subscription{changes${after === undefined ? '' : `(after:${after})`}{__typename ... on ConfigurationChanged{position events{position summary} streams{name} removed} ... on StatusChanged{statuses{id state}}}}`
  interface Configured {
    readonly __typename: string
    readonly position: number
    readonly events: readonly { position: number; summary: string }[]
    readonly streams: readonly { name: string }[]
    readonly removed: readonly string[]
  }
  const configured = (message: Configured): boolean => message.__typename === 'ConfigurationChanged'

  test('tells what runs first, then each change as it comes', async () => {
    await using stream = await openEventStream(server.url, changes())
    expect((await stream.next<Configured>('what runs', () => true)).__typename).toBe('StatusChanged')
    await server.request('/api/streams?name=seen&src=rtsp://10.0.0.8/s', { method: 'PUT' })
    const added = await stream.next<Configured>('the PUT', configured)
    expect(added).toMatchObject({ events: [{ summary: 'seen: added.' }], streams: [{ name: 'seen' }], removed: [] })
    await server.request('/api/streams?src=seen', { method: 'DELETE' })
    const gone = await stream.next<Configured>('the DELETE', configured)
    expect(gone).toMatchObject({ events: [{ summary: 'seen: removed.' }], streams: [] })
    expect(gone.removed).toHaveLength(1)
  })

  test('resumes after a position: every event once and in order, then live', async () => {
    const { position } = await set('resume', 'rtsp://10.0.0.8/0')
    for (let at = 1; at <= 3; at++) await set('resume', `rtsp://10.0.0.8/${at}`)
    await using stream = await openEventStream(server.url, changes(position))
    const seen: number[] = []
    const missed = await stream.next<Configured>('what was missed', configured)
    seen.push(...missed.events.map(event => event.position))
    await set('resume', 'rtsp://10.0.0.8/4')
    const live = await stream.next<Configured>('what came after', configured)
    seen.push(...live.events.map(event => event.position))
    expect(seen).toEqual([1, 2, 3, 4].map(step => position + step))
  })

  test('completes when the server ends', async () => {
    const other = await startTestServer()
    await using stream = await openEventStream(other.url, changes())
    await stream.next<Configured>('what runs', () => true)
    await other[Symbol.asyncDispose]()
    await stream.completed
  })
})
