import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({
    yaml: `streams:\n  demo: "demo:"\n  pictures: "file:${fixturePath('jpeg.mjpeg')}"\n`,
  })
})
afterAll(() => server[Symbol.asyncDispose]())

const consumers = async (): Promise<
  readonly { format_name: string; remote_addr: string; user_agent: string }[] | null
> => {
  const answer = await server.request('/api/streams?src=demo')
  return ((await answer.json()) as { consumers: Awaited<ReturnType<typeof consumers>> }).consumers
}

test('/api/stream.ts plays in ffmpeg as it is, without a word', async () => {
  const { output, complaints } = await runProgram('ffmpeg', [
    ...['-i', `${server.url}/api/stream.ts?src=demo`, '-t', '3', '-c', 'copy', '-f', 'framemd5', '-'],
  ])
  expect(complaints).toEqual([])
  expect(output).toMatch(/#codec_id 0: h264/)
  expect(output).toMatch(/#codec_id 1: aac/)
})

test('a viewer of /api/stream.ts is shown, and gone as soon as it leaves', async () => {
  const leaving = new AbortController()
  const response = await server.request('/api/stream.ts?src=demo', {
    signal: leaving.signal,
    headers: { 'user-agent': 'a player', 'x-forwarded-for': '10.0.0.9' },
  })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp2t'])
  expect(await consumers()).toMatchObject([
    {
      ...{ format_name: 'mpegts', protocol: 'http', user_agent: 'a player' },
      remote_addr: expect.stringMatching(/^127\.0\.0\.1:\d+ forwarded 10\.0\.0\.9$/),
    },
  ])
  leaving.abort()
  await expect.poll(consumers).toEqual([])
})

test('HEAD of /api/stream.ts tells the type and plays nothing', async () => {
  const response = await server.request('/api/stream.ts?src=demo', { method: 'HEAD' })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp2t'])
  expect(await consumers()).toEqual([])
})

test.each([
  ['an unknown stream', 'nobody', 404, 'stream not found\n'],
  ['no stream', '', 404, 'stream not found\n'],
  ['a source instead of a stream', 'demo:', 404, 'stream not found\n'],
  ['a stream without a codec for it', 'pictures', 500, /^streams: codecs not matched: .*JPEG/],
])('/api/stream.ts of %s is refused in words', async (_name, src, status, text) => {
  const response = await server.request(`/api/stream.ts?src=${src}`)
  expect([response.status, await response.text()]).toEqual([
    status,
    typeof text === 'string' ? text : expect.stringMatching(text),
  ])
})
