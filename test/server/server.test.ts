import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectPaths } from '#server/paths.ts'
import { startServer } from '#server/server.ts'
import { openEventStream } from '#test/helpers/event-stream.ts'
import { startTestServer } from '#test/helpers/running-server.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

describe('a server', () => {
  test('brings the streams of its file and of the command line, and writes changes into the file', async () => {
    await using server = await startTestServer({
      yaml: '# my cameras\nstreams:\n  porch: rtsp://10.0.0.9/1 # front\n',
      inline: ['{streams: {demo: ["demo:", "gopher:x"]}}'],
    })
    expect(server.lines.join('')).toMatch(/WRN \[app\] .*gopher/)
    const { streams } = await server.graphql<{ streams: { name: string }[] }>('{streams{name}}')
    expect(streams.map(({ name }) => name).sort()).toEqual(['demo', 'porch'])
    expect((await server.request('/api/streams?name=new&src=rtsp://10.0.0.9/2', { method: 'PUT' })).status).toBe(200)
    const text = readFileSync(server.file, 'utf8')
    expect(text).toContain('# my cameras\nstreams:\n  porch: rtsp://10.0.0.9/1 # front\n')
    expect(text).toContain('rtsp://10.0.0.9/2')
  })

  test('that cannot listen anywhere says so, and one that serves no API does not', async () => {
    await using other = await startTestServer()
    await using taken = await startTestServer({ inline: [`{api: {listen: "127.0.0.1:${other.port}"}}`] })
    expect(taken.running.unreachable).toBe(true)
    await using none = await startTestServer({ inline: ['{api: {listen: ""}}'] })
    expect(none.running.unreachable).toBe(false)
    expect(none.running.url).toBeUndefined()
  })

  test('that cannot listen for RTSP still answers, and tells the reason', async () => {
    await using other = await startTestServer()
    const { system } = await other.graphql<{ system: { listeners: { name: string; address: string }[] } }>(
      '{system{listeners{name address}}}',
    )
    const rtsp = system.listeners.find(({ name }) => name === 'rtsp')!.address
    await using server = await startTestServer({ inline: [`{rtsp: {listen: "${rtsp}"}}`] })
    const { system: own } = await server.graphql<{ system: { listeners: { problem: { message: string } | null }[] } }>(
      '{system{listeners{name address problem{message remedy}}}}',
    )
    expect(own.listeners).toContainEqual({
      name: 'rtsp',
      address: '',
      problem: { message: expect.stringMatching(/port \d+ is already/), remedy: expect.any(String) },
    })
  })

  test('leaves its port and its folder when it could not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-start-'))
    writeFileSync(join(folder, 'data'), 'a file where the folder should be')
    const start = () =>
      startServer({
        ...{ configs: [{ kind: 'inline', text: '{rtsp: {listen: ""}}' }], workingFolder: folder },
        ...{ write: () => {}, exit: () => {}, paths: projectPaths() },
      })
    await expect(start()).rejects.toThrow()
    rmSync(join(folder, 'data'))
    const running = await start()
    await running.close()
    rmSync(folder, { recursive: true })
  })
})

describe('a password', () => {
  test('of a camera is told to nobody but /api/streams and the file', async () => {
    await using server = await startTestServer({ yaml: 'log: {level: trace}\nstreams:\n' })
    const source = 'rtsp://admin:canary42x@127.0.0.1:1/x'
    await server.request(`/api/streams?name=porch&src=${encodeURIComponent(source)}`, { method: 'PUT' })
    await using feed = await openEventStream(
      server.url,
      'subscription{changes(after:0){__typename ... on ConfigurationChanged{events{data summary}streams{sources}}... on StatusChanged{statuses{problem{message}sources{url problem{message}}}}}}',
    )
    const seen: unknown[] = [await feed.next('what runs', () => true), await feed.next('what was', () => true)]
    await using viewer = await openWebSocket(`${server.url}/api/ws?src=porch`)
    viewer.send({ type: 'mse', value: '' })
    seen.push(await viewer.next('the error'))
    seen.push(
      await server.graphql(
        `{streams{sources status{problem{message} sources{url problem{message}}}} events{events{data summary}} configAt(position:1){sources} diff(from:0,to:1){after{sources}} system{linkedFile{message}}}`,
      ),
      await server.graphql(`mutation($url:String!){probeSource(url:$url){problem{message remedy}}}`, { url: source }),
      await server.graphql(
        `mutation($text:String!){importYaml(text:$text dryRun:true){notes{message} change{problem{message}events{data}}}}`,
        {
          text: `streams:\n  x: exec:curl ${source}\n  y: ${source}\n`,
        },
      ),
      await (await server.request('/api/log')).text(),
      server.lines,
    )
    expect(JSON.stringify(seen)).not.toContain('canary42x')
    expect(await (await server.request('/api/streams')).text()).toContain('canary42x')
  })
})

describe('statuses', () => {
  test('tell of a stream that goes live, its viewer and its bitrate, and of its end', async () => {
    interface Status {
      readonly state: string
      readonly viewerCount: number
      readonly bitsPerSecond: number
    }
    type Message = { readonly statuses?: readonly Status[] }
    await using server = await startTestServer({ inline: ['{streams: {demo: "demo:"}}'] })
    await using feed = await openEventStream(
      server.url,
      'subscription{changes{... on StatusChanged{statuses{state viewerCount bitsPerSecond}}}}',
    )
    const until = (what: string, wanted: (status: Status) => boolean): Promise<Message> =>
      feed.next<Message>(what, ({ statuses }) => statuses?.some(wanted) ?? false)
    {
      await using viewer = await openWebSocket(`${server.url}/api/ws?src=demo`)
      viewer.send({ type: 'mse', value: '' })
      await until('a live stream', ({ state, viewerCount }) => state === 'LIVE' && viewerCount === 1)
      await until('its bitrate', ({ bitsPerSecond }) => bitsPerSecond > 0)
    }
    await until('its end', ({ state, viewerCount }) => state === 'IDLE' && viewerCount === 0)
  })
})
