import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GraphQLWorld, openGraphQLWorld } from '#test/helpers/graphql-services.ts'

let server: GraphQLWorld
beforeAll(async () => {
  server = await openGraphQLWorld()
})
afterAll(() => server[Symbol.asyncDispose]())

const set = async (name: string, source: string): Promise<{ readonly position: number }> => {
  const query = 'mutation($name:String! $sources:[String!]!){setStream(name:$name sources:$sources){position}}'
  return (await server.ask<{ setStream: { position: number } }>(query, { name, sources: [source] })).setStream
}

describe('the log', () => {
  test('is paged, however strange the page that is asked for', async () => {
    await set('paged', 'rtsp://10.0.0.8/a')
    const { events } = await server.ask<{ events: { events: unknown[]; hasMore: boolean } }>(
      '{events(first:-1){events{position} hasMore}}',
    )
    expect(events.events).toHaveLength(1)
    await expect(server.ask('{events(first:2147483648){hasMore}}')).rejects.toThrow(/Int cannot represent/)
  })

  test('knows the configuration at every revision, and the difference between two', async () => {
    const { position } = await set('dated', 'rtsp://10.0.0.8/a')
    const later = await set('dated', 'rtsp://10.0.0.8/b')
    const { configAt, diff } = await server.ask<{
      configAt: readonly { name: string; sources: string[] }[]
      diff: readonly { kind: string; before: { sources: string[] } }[]
    }>(
      'query($a:Int! $b:Int!){configAt(position:$a){name sources} diff(from:$a to:$b){kind before{sources} after{sources}}}',
      { a: position, b: later.position },
    )
    expect(configAt.find(({ name }) => name === 'dated')?.sources).toEqual(['rtsp://10.0.0.8/a'])
    expect(diff).toEqual([
      { kind: 'CHANGED', before: { sources: ['rtsp://10.0.0.8/a'] }, after: { sources: ['rtsp://10.0.0.8/b'] } },
    ])
  })

  test('says in words that a revision is not there', async () => {
    await expect(server.ask('{configAt(position:99999999){name}}')).rejects.toThrow(/./)
  })
})
