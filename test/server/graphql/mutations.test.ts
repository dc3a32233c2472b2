import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GraphQLWorld, openGraphQLWorld } from '#test/helpers/graphql-services.ts'

let server: GraphQLWorld
beforeAll(async () => {
  server = await openGraphQLWorld()
})
afterAll(() => server[Symbol.asyncDispose]())

interface Change {
  readonly correlationId: string | null
  readonly position: number
  readonly events: readonly { readonly summary: string; readonly data: string; readonly actor: string }[]
  readonly viewersEnded: number
  readonly problem: { readonly code: string; readonly message: string; readonly remedy: string | null } | null
}

const change = '{correlationId position events{summary data actor} viewersEnded problem{code message remedy}}'
const set = async (name: string, sources: readonly string[], dryRun = false): Promise<Change> => {
  const query = `mutation($name:String! $sources:[String!]! $dryRun:Boolean){setStream(name:$name sources:$sources dryRun:$dryRun)${change}}`
  return (await server.ask<{ setStream: Change }>(query, { name, sources, dryRun })).setStream
}

describe('a mutation', () => {
  test('changes the configuration and tells how', async () => {
    const { correlationId, events, problem } = await set('porch', ['rtsp://u:canary7@10.0.0.9/x'])
    expect(problem).toBeNull()
    expect(correlationId).toBeTypeOf('string')
    expect(events.map(({ summary, actor }) => [summary, actor])).toEqual([['porch: added.', 'test']])
    const { stream } = await server.ask<{ stream: unknown }>(
      '{stream(name:"porch"){name sources status{state viewerCount}}}',
    )
    expect(stream).toEqual({
      name: 'porch',
      sources: ['rtsp://u:***@10.0.0.9/x'],
      status: { state: 'IDLE', viewerCount: 0 },
    })
  })

  test('that changes nothing succeeds with no events and no correlation', async () => {
    await set('same', ['rtsp://10.0.0.8/a'])
    expect(await set('same', ['rtsp://10.0.0.8/a'])).toMatchObject({ correlationId: null, events: [], problem: null })
  })

  test('on what somebody else has changed meanwhile is refused in words', async () => {
    await set('shared', ['rtsp://10.0.0.8/a'])
    const { stream } = await server.ask<{ stream: { position: number } }>('{stream(name:"shared"){position}}')
    await set('shared', ['rtsp://10.0.0.8/b'])
    const { setStream } = await server.ask<{ setStream: Change }>(
      `mutation($at:Int){setStream(name:"shared" sources:["rtsp://10.0.0.8/c"] basedOn:$at)${change}}`,
      { at: stream.position },
    )
    expect(setStream.problem).toMatchObject({
      code: 'conflict',
      message: 'shared was changed by somebody else since you looked at it',
      remedy: expect.any(String),
    })
  })

  test('in a dry run says what it would do and does nothing', async () => {
    expect((await set('dry', ['rtsp://10.0.0.8/a'], true)).events).toHaveLength(1)
    expect(await server.ask('{stream(name:"dry"){name}}')).toEqual({ stream: null })
  })

  test('that is refused answers with a problem and a remedy', async () => {
    expect(await set('bad', ['nothing-here'])).toMatchObject({
      correlationId: null,
      events: [],
      problem: { code: 'source_invalid', remedy: expect.any(String) },
    })
  })

  test('can be undone by its correlation', async () => {
    const { correlationId } = await set('undone', ['rtsp://10.0.0.8/a'])
    const { undo } = await server.ask<{ undo: Change }>(`mutation($id:String!){undo(correlationId:$id)${change}}`, {
      id: correlationId,
    })
    expect(undo.events.map(event => event.summary)).toEqual(['undone: removed.'])
  })

  test('keeps a stream running without viewers, lets it go, and takes that back', async () => {
    await set('kept', ['rtsp://10.0.0.8/a'])
    const preload = async (query: string | null): Promise<Change> => {
      const order = `mutation($query:String){setPreload(name:"kept" query:$query)${change}}`
      return (await server.ask<{ setPreload: Change }>(order, { query })).setPreload
    }
    const kept = async () =>
      (await server.ask<{ stream: { preload: string | null } }>('{stream(name:"kept"){preload}}')).stream.preload
    expect(await kept()).toBeNull()
    expect((await preload('')).events.map(({ summary }) => summary)).toEqual(['kept: runs without viewers.'])
    expect(await kept()).toBe('')
    const { correlationId } = await preload(null)
    expect(await kept()).toBeNull()
    await server.ask(`mutation($id:String!){undo(correlationId:$id)${change}}`, { id: correlationId })
    expect(await kept()).toBe('')
    const { setPreload } = await server.ask<{ setPreload: Change }>(
      `mutation{setPreload(name:"nobody" query:"")${change}}`,
    )
    expect(setPreload.problem).toMatchObject({ code: 'stream_not_found', remedy: expect.any(String) })
  })

  test('renames, and the data of its event parses', async () => {
    await set('old name', ['rtsp://10.0.0.8/a'])
    const { renameStream } = await server.ask<{ renameStream: Change }>(
      `mutation{renameStream(name:"old name" to:"new name")${change}}`,
    )
    expect(renameStream.events[0]?.summary).toBe('new name: renamed from old name.')
    expect(JSON.parse(renameStream.events[0]!.data)).toMatchObject({ from: 'old name', to: 'new name' })
  })
})
