import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
const children: ChildProcess[] = []
beforeAll(async () => {
  server = await startTestServer({ inline: ['{streams: {desk: "", other: ""}}'] })
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await gone
  }
})
afterAll(() => server[Symbol.asyncDispose]())

interface ProducerJson {
  readonly format_name?: string
  readonly protocol?: string
  readonly user_agent?: string
}
const producers = async (name = 'desk'): Promise<readonly ProducerJson[]> =>
  ((await (await server.request(`/api/streams?src=${name}`)).json()) as { producers: ProducerJson[] | null })
    .producers ?? []
const live = async (): Promise<string | undefined> => (await producers()).at(-1)?.format_name
const nobody = (): Promise<void> => expect.poll(live, { timeout: 20_000 }).toBe(undefined)

const ffmpeg = (path: string, ...output: string[]): ChildProcess => {
  const from = ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25']
  const sound = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000']
  const child = spawn('ffmpeg', [...from, ...sound, ...output, `${server.url}${path}`], { stdio: 'ignore' })
  children.push(child)
  return child
}
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-pix_fmt', 'yuv420p']

describe('a stream is fed by what ffmpeg posts', () => {
  test.each([
    ['flv', '/api/stream.flv', 'flv', [...h264, '-c:a', 'aac', '-f', 'flv'], ['h264', 'aac']],
    ['MPEG-TS', '/api/stream.ts', 'mpegts', [...h264, '-c:a', 'aac', '-f', 'mpegts'], ['h264', 'aac']],
    ['MPEG-TS, unsaid', '/api/stream', 'mpegts', [...h264, '-c:a', 'aac', '-f', 'mpegts'], ['h264', 'aac']],
  ])('%s', async (_name, path, format, output, codecs) => {
    const child = ffmpeg(`${path}?dst=desk`, ...output)
    await expect.poll(live, { timeout: 20_000 }).toBe(format)
    expect((await producers()).at(-1)).toMatchObject({ protocol: 'http', user_agent: expect.stringContaining('Lavf') })
    const tracks = await ffprobe(`${server.url}/api/stream.mp4?src=desk`)
    expect(tracks.map(({ codec_name }) => codec_name)).toEqual(codecs)
    child.kill('SIGKILL')
    await nobody()
  })

  test('multipart JPEG', async () => {
    const child = ffmpeg('/api/stream.mjpeg?dst=desk', '-an', '-c:v', 'mjpeg', '-f', 'mpjpeg')
    await expect.poll(live, { timeout: 20_000 }).toBe('mpjpeg')
    expect(await ffprobe(`${server.url}/api/stream.mjpeg?src=desk`)).toMatchObject([
      { codec_name: 'mjpeg', width: 320 },
    ])
    child.kill('SIGKILL')
    await nobody()
  })
})

describe('POST with ?dst=', () => {
  const post = (path: string, body: Uint8Array<ArrayBuffer> | string): Promise<Response> =>
    server.request(path, { method: 'POST', body })

  test.each([
    ['/api/stream.flv', 'h264-b-frames-aac.flv'],
    ['/api/stream.ts', 'h264-b-frames-aac.mpegts'],
    ['/api/stream.mjpeg', 'jpeg.mpjpeg'],
    ['/api/stream.ascii', 'jpeg.mpjpeg'],
    ['/api/stream', 'aac.adts'],
  ])('%s is answered when the body has ended, and its source is gone', async (path, file) => {
    const response = await post(`${path}?dst=desk`, readFileSync(fixturePath(file)))
    expect([response.status, await response.text()]).toEqual([200, ''])
    await nobody()
  })

  test.each([
    ['/api/stream?dst=nobody', 'x', 404, /^stream not found\n$/],
    ['/api/stream.flv', 'x', 404, /^stream not found\n$/],
    ['/api/stream?dst=desk', 'hello', 500, /^magic: unsupported header: 68656c6c\n$/],
    ['/api/stream?dst=desk', '', 500, /^.+\n$/],
    ['/api/stream.flv?dst=desk', 'not an FLV file', 500, /^not an FLV file .*\n$/],
    ['/api/stream.ts?dst=desk', 'x'.repeat(6_000_000), 500, /^.+\n$/],
    ['/api/stream.mjpeg?dst=desk', 'x\n'.repeat(300), 500, /^.+\n$/],
    ['/api/stream.mjpeg?dst=desk', 'x'.repeat(5000), 500, /^.+\n$/],
  ])('%s with rubbish is answered in words', async (path, body, status, words) => {
    const response = await post(path, body)
    expect(response.status).toBe(status)
    expect(await response.text()).toMatch(words)
    expect(await live()).toBe(undefined)
  })

  test('is answered while the body still comes, where it is no media', async () => {
    const answered = Promise.withResolvers<string>()
    const client = request(`${server.url}/api/stream?dst=desk`, { method: 'POST' }, response => {
      answered.resolve(text(response).then(words => `${response.statusCode} ${words}`) as never)
    })
    client.on('error', answered.reject)
    client.write('no media, and more to come')
    expect(await answered.promise).toBe('500 magic: unsupported header: 6e6f206d\n')
    client.destroy()
  })

  test('of a body beyond a mebibyte is no matter', async () => {
    const film = readFileSync(fixturePath('h264-b-frames-aac.mpegts'))
    const long: Buffer<ArrayBuffer> = Buffer.concat(
      Array.from({ length: Math.ceil((2 << 20) / film.length) }, () => film),
    )
    expect((await post('/api/stream.ts?dst=other', long)).status).toBe(200)
  })

  test('by PUT goes to /api/stream too, and GET there finds nothing to play', async () => {
    const body = readFileSync(fixturePath('aac.adts'))
    expect((await server.request('/api/stream?dst=desk', { method: 'PUT', body })).status).toBe(200)
    expect((await server.request('/api/stream?dst=desk')).status).toBe(500)
  })

  test('ends with the stream it feeds', async () => {
    await server.request('/api/streams?name=brief&src=demo:', { method: 'PUT' })
    const answered = Promise.withResolvers<number | undefined>()
    const client = request(`${server.url}/api/stream.flv?dst=brief`, { method: 'POST' }, response =>
      answered.resolve(response.statusCode),
    )
    client.on('error', answered.reject)
    client.write(readFileSync(fixturePath('h264-b-frames-aac.flv')))
    await expect.poll(async () => (await producers('brief')).length).toBe(2)
    await server.graphql('mutation{removeStream(name:"brief"){viewersEnded}}')
    expect(await answered.promise).toBe(500)
    client.destroy()
  })
})
