import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startTestServer, type TestServer, type TestServerOptions } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.request('/api/streams?name=demo&src=demo:', { method: 'PUT' })
})
afterAll(() => server[Symbol.asyncDispose]())

const ask = async (method: string, query = '', of: TestServer = server): Promise<readonly [number, string]> => {
  const response = await of.request(`/api/preload${query}`, { method })
  return [response.status, await response.text()]
}

test('there are none at first', async () => {
  expect(await ask('GET')).toEqual([200, '{}\n'])
})

test('a stream runs without viewers, as Home Assistant asks for it, and is let go', async () => {
  expect(await ask('PUT', '?src=demo&video=h264&audio=&video_codec_filter=h264')).toEqual([200, ''])
  await expect
    .poll(async () => JSON.parse((await ask('GET'))[1]))
    .toMatchObject({
      demo: { query: 'audio=&video=h264', consumer: { format_name: 'preload', senders: [{}, {}] } },
    })
  expect(await ask('DELETE', '?src=demo')).toEqual([200, ''])
  expect(await ask('GET')).toEqual([200, '{}\n'])
})

test('says of what it cannot do why', async () => {
  expect(await ask('PUT', '?src=nobody')).toEqual([500, 'streams: stream not found: nobody\n'])
  expect(await ask('DELETE', '?src=demo')).toEqual([500, 'streams: preload not found: demo\n'])
  expect(await ask('DELETE', '?src=nobody')).toEqual([500, 'streams: preload not found: nobody\n'])
  expect(await ask('PATCH', '?src=demo')).toEqual([405, '\n'])
  expect(await ask('PUT', `?src=demo&video=${'h264,'.repeat(300)}`)).toEqual([
    500,
    'streams: the preload is longer than 1024 characters\n',
  ])
})

test('another name for a stream can be preloaded, for as long as that name is there', async () => {
  await server.request('/api/streams?name=other&src=demo', { method: 'PATCH' })
  expect(await ask('PUT', '?src=other&video')).toEqual([200, ''])
  expect(JSON.parse((await ask('GET'))[1])).toMatchObject({ other: { query: 'video=' } })
  expect(await ask('DELETE', '?src=other')).toEqual([200, ''])
})

/** Names with their queries, as GET tells them. */
const preloads = async (of: TestServer): Promise<Readonly<Record<string, string>>> => {
  const entries = Object.entries(JSON.parse((await ask('GET', '', of))[1]) as Record<string, { query: string }>)
  return Object.fromEntries(entries.map(([name, { query }]) => [name, query]))
}

describe('with a go2rtc.yaml', () => {
  const start = async (options: TestServerOptions): Promise<TestServer> => {
    const started = await startTestServer(options)
    onTestFinished(() => started[Symbol.asyncDispose]())
    return started
  }

  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-preload-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    return folder
  }

  test('a preload is written as go2rtc writes it, and is there after a restart', async () => {
    const folder = newFolder()
    const yaml = '# mine\nstreams:\n  demo: "demo:" # front\n'
    const first = await startTestServer({ folder, yaml })
    expect(await ask('PUT', '?src=demo', first)).toEqual([200, ''])
    const written = `${yaml}preload:\n  demo: ""\n`
    expect(readFileSync(first.file, 'utf8')).toBe(written)
    await first[Symbol.asyncDispose]()
    const second = await start({ folder, yaml: written })
    expect(await preloads(second)).toEqual({ demo: 'video&audio' })
    expect(await ask('DELETE', '?src=demo', second)).toEqual([200, ''])
    expect(readFileSync(second.file, 'utf8')).toBe(`${yaml}preload:\n`)
  })

  test('one is there after a restart without a file too', async () => {
    const folder = newFolder()
    const first = await startTestServer({ folder })
    await first.request('/api/streams?name=demo&src=demo:', { method: 'PUT' })
    await ask('PUT', '?src=demo&video', first)
    await first[Symbol.asyncDispose]()
    expect(await preloads(await start({ folder }))).toEqual({ demo: 'video=' })
  })

  test('those of the file run from the start, and what a person writes there is applied at once', async () => {
    const yaml = 'preload:\n  a: video # night\nstreams:\n  a: "demo:"\n  b: "demo:"\n'
    const started = await start({ yaml })
    expect(await preloads(started)).toEqual({ a: 'video' })
    writeFileSync(started.file, yaml.replace('  a: video # night\n', '  b:\n'))
    await expect.poll(() => preloads(started)).toEqual({ b: 'video&audio' })
  })

  test('one goes by the name of its stream, ends with it, and comes back by undo', async () => {
    const started = await start({ yaml: 'streams:\n  a: "demo:"\n' })
    await ask('PUT', '?src=a&video', started)
    await started.graphql('mutation { renameStream(name: "a", to: "b") { position } }')
    expect(await preloads(started)).toEqual({ b: 'video=' })
    const { removeStream } = await started.graphql<{ removeStream: { correlationId: string } }>(
      'mutation { removeStream(name: "b") { correlationId } }',
    )
    expect(await preloads(started)).toEqual({})
    const undo = 'mutation($id: String!) { undo(correlationId: $id) { problem { message } } }'
    await started.graphql(undo, { id: removeStream.correlationId })
    expect(await preloads(started)).toEqual({ b: 'video=' })
    expect(readFileSync(started.file, 'utf8')).toBe("streams:\n  b: 'demo:'\npreload:\n  b: video=\n")
  })

  test('the command line preloads what the file streams', async () => {
    const started = await start({ yaml: 'streams:\n  a: "demo:"\n', inline: ['{preload: {a: video, x: ""}}'] })
    expect(await preloads(started)).toEqual({ a: 'video' })
    expect(started.lines.join('')).toContain('x: there is no such stream to preload')
  })

  test('what was asked for by whom is in the log', async () => {
    await ask('PUT', '?src=demo')
    await ask('DELETE', '?src=demo')
    const { events } = await server.graphql<{ events: { events: readonly unknown[] } }>(
      '{ events(first: 2) { events { summary actor } } }',
    )
    expect(events.events).toEqual([
      { summary: 'demo: runs for its viewers only.', actor: 'rest' },
      { summary: 'demo: runs without viewers.', actor: 'rest' },
    ])
  })
})
