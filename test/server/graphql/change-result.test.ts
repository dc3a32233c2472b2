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

describe('importing a go2rtc.yaml', () => {
  const importing = `mutation($text:String! $dryRun:Boolean){importYaml(text:$text dryRun:$dryRun){added changed unchanged notes{line message} change{position events{summary} problem{code message}}}}`
  interface Imported {
    readonly importYaml: {
      readonly added: string[]
      readonly changed: string[]
      readonly unchanged: string[]
      readonly notes: { line: number | null; message: string }[]
      readonly change: { events: unknown[]; problem: { code: string } | null }
    }
  }

  test('brings its streams as one change, and leaves out what nothing here can open', async () => {
    await set('imp1', 'rtsp://10.0.0.8/1')
    const text =
      'streams:\n  imp1: rtsp://10.0.0.8/1\n  imp2:\n    - rtsp://10.0.0.8/2\n    - exec:ls\n  imp3: exec:ls\nngrok: {}\n'
    const dry = (await server.ask<Imported>(importing, { text, dryRun: true })).importYaml
    expect(dry).toMatchObject({ added: ['imp2'], changed: [], unchanged: ['imp1'], change: { problem: null } })
    expect(dry.notes.map(note => note.message).join('\n')).toMatch(/exec/)
    const done = (await server.ask<Imported>(importing, { text })).importYaml
    expect(done.change.events).toHaveLength(1)
    expect(await server.ask('{stream(name:"imp2"){sources}}')).toEqual({
      stream: { sources: ['rtsp://10.0.0.8/2'] },
    })
  })

  test('brings its preloads, and tells of those whose stream is nowhere', async () => {
    await set('imp4', 'rtsp://10.0.0.8/4')
    const text = 'streams:\n  imp5: rtsp://10.0.0.8/5\npreload:\n  imp4: video\n  imp5:\n  imp6:\n'
    const { importYaml } = await server.ask<Imported>(importing, { text })
    expect(importYaml).toMatchObject({ added: ['imp5'], changed: ['imp4'], unchanged: [], change: { problem: null } })
    expect(importYaml.change.events).toHaveLength(3)
    expect(importYaml.notes.map(({ message }) => message)).toEqual([
      'imp6: there is no such stream to preload: skipped',
    ])
    expect(await server.ask('{a:stream(name:"imp4"){preload} b:stream(name:"imp5"){preload}}')).toEqual({
      a: { preload: 'video' },
      b: { preload: '' },
    })
  })

  test('that is no YAML says where', async () => {
    const { importYaml } = await server.ask<Imported>(importing, { text: 'streams:\n  a: [\n' })
    expect(importYaml.added).toEqual([])
    expect(importYaml.change.problem).toMatchObject({
      code: 'yaml_invalid',
      message: expect.stringMatching(/^line \d+/),
    })
  })
})
