import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodedHashes, runProgram } from '#test/helpers/ffmpeg.ts'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15'
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'

let server: TestServer
beforeAll(async () => {
  const files = { law: 'pcm_alaw.wav', mulaw: 'pcm_mulaw.wav', linear: 'pcm_s16le.wav', jpeg: 'jpeg.mjpeg' }
  const streams = Object.entries(files).map(([name, file]) => `${name}: "file:${fixturePath(file)}"`)
  server = await startTestServer({
    inline: [`{streams: {demo: "demo:", gone: "rtsp://u:canary7@127.0.0.1:1/x", ${streams}}}`],
  })
})
afterAll(() => server[Symbol.asyncDispose]())

const body = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())
const consumers = async (): Promise<readonly { readonly format_name: string }[] | null> =>
  ((await (await server.request('/api/streams?src=demo')).json()) as { consumers: { format_name: string }[] | null })
    .consumers
const nobody = (): Promise<void> => expect.poll(consumers).toEqual([])

describe('GET /api/stream.mp4', () => {
  test('is a film of so many seconds, with its codecs in its type', async () => {
    const response = await server.request('/api/stream.mp4?src=demo&duration=2&filename=day%22%0d%0ax.mp4')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^video\/mp4; codecs="avc1\.[0-9A-F]{6},mp4a\.40\.2"$/)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="dayx.mp4"')
    expect(response.headers.get('transfer-encoding')).toBe('chunked')
    const film = await body(response)
    const { hashes, complaints } = await decodedHashes('video', film)
    expect(complaints).toEqual([])
    expect(hashes.length).toBe(50)
    expect((await decodedHashes('audio', film)).complaints).toEqual([])
    await nobody()
  })

  test('plays without an end, until the viewer leaves', async () => {
    expect(await ffprobe(`${server.url}/api/stream.mp4?src=demo`)).toMatchObject([
      { codec_name: 'h264', width: 1280, height: 720 },
      { codec_name: 'aac' },
    ])
    await nobody()
  })

  test('shows its viewer in /api/streams', async () => {
    const leave = new AbortController()
    const response = await server.request('/api/stream.mp4?src=demo&video', { signal: leave.signal })
    await response.body!.getReader().read()
    expect(await consumers()).toMatchObject([
      {
        format_name: 'mp4',
        protocol: 'http',
        remote_addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        bytes_send: expect.any(Number),
      },
    ])
    leave.abort()
    await nobody()
  })

  test.each([
    ['video', 'h264'],
    ['audio', 'aac'],
  ])('with ?%s alone has nothing but %s', async (kind, codec) => {
    const film = await body(await server.request(`/api/stream.mp4?src=demo&${kind}&duration=1`))
    const { output } = await runProgram('ffprobe', ['-show_entries', 'stream=codec_name', '-of', 'csv=p=0', '-'], film)
    expect(output.trim()).toBe(codec)
  })

  test.each(['law', 'mulaw', 'linear'])('has FLAC for the samples of %s, where it is asked for', async name => {
    const response = await server.request(`/api/stream.mp4?src=${name}&mp4=flac&duration=1`)
    expect(response.headers.get('content-type')).toBe('video/mp4; codecs="flac"')
    const { hashes, complaints } = await decodedHashes('audio', await body(response))
    expect(complaints).toEqual([])
    expect(hashes.length).toBeGreaterThan(5)
  })

  test('turns and stretches by what the file says', async () => {
    const film = await body(await server.request('/api/stream.mp4?src=demo&video&duration=1&rotate=270&scale=2:1'))
    const { output } = await runProgram('ffprobe', ['-show_streams', '-'], film)
    expect(output).toMatch(/rotation=90/)
    expect(output).toMatch(/sample_aspect_ratio=2:1/)
  })

  test('makes a stream of a source on the fly', async () => {
    const response = await server.request('/api/stream.mp4?src=demo:&name=made&duration=1')
    expect((await body(response)).length).toBeGreaterThan(1000)
    expect(await (await server.request('/api/streams')).json()).toHaveProperty('made')
  })

  test('sends Safari to HLS, but for a film that ends', async () => {
    const ask = (query: string): Promise<Response> =>
      server.request(`/api/stream.mp4?${query}`, { headers: { 'user-agent': safari }, redirect: 'manual' })
    const moved = await ask('src=demo&video=h264')
    expect([moved.status, moved.headers.get('location')]).toEqual([301, 'stream.m3u8?src=demo&video=h264&mp4'])
    expect((await ask('src=demo&mp4=flac')).headers.get('location')).toBe('stream.m3u8?src=demo&mp4=flac')
    expect((await ask('src=demo&duration=1')).status).toBe(200)
  })

  test.each([
    ['src=nobody', 404, 'stream not found\n'],
    ['', 404, 'stream not found\n'],
    ['src=exec:ls', 400, 'streams: source from insecure producer\n'],
    ['src=demo&video=vp8', 500, 'streams: codecs not matched: video:H264, audio:AAC => video:VP8\n'],
    ['src=law&audio', 200, undefined],
  ])('answers %s with %i', async (query, status, text) => {
    const response = await server.request(`/api/stream.mp4?${query}&duration=1`)
    expect(response.status).toBe(status)
    if (text !== undefined) expect(await response.text()).toBe(text)
    else await response.body?.cancel()
  })

  test('says why a camera does not answer, without its password', async () => {
    const response = await server.request('/api/stream.mp4?src=gone')
    expect([response.status, response.headers.get('content-type')]).toEqual([500, 'text/plain; charset=utf-8'])
    const text = await response.text()
    expect(text).toMatch(/^streams: .+\n$/)
    expect(text).not.toContain('canary7')
  })

  test('sends nothing for HEAD, and dials nothing', async () => {
    const response = await server.request('/api/stream.mp4?src=gone', { method: 'HEAD' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp4'])
    expect((await server.request('/api/stream.mp4?src=nobody', { method: 'HEAD' })).status).toBe(404)
  })

  test('ends a film whose stream is removed', async () => {
    await server.request('/api/streams?name=brief&src=demo:', { method: 'PUT' })
    const response = await server.request('/api/stream.mp4?src=brief')
    const film = body(response)
    await server.graphql('mutation{removeStream(name:"brief"){viewersEnded}}')
    expect((await film).toString('latin1', 4, 8)).toBe('ftyp')
  })
})

describe('GET /api/frame.mp4', () => {
  test('is one picture, of known length', async () => {
    const response = await server.request('/api/frame.mp4?src=demo&filename=now.mp4')
    expect(response.headers.get('content-type')).toMatch(/^video\/mp4; codecs="avc1\.[0-9A-F]{6}"$/)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="now.mp4"')
    const film = await body(response)
    expect(response.headers.get('content-length')).toBe(String(film.length))
    expect((await decodedHashes('video', film)).hashes).toHaveLength(1)
    await nobody()
  })

  test('is nothing for Chrome until it asks for a range', async () => {
    const ask = (headers: Record<string, string>): Promise<Response> =>
      server.request('/api/frame.mp4?src=demo', { headers: { 'user-agent': chrome, ...headers } })
    const first = await ask({})
    expect([first.status, first.headers.get('content-type'), await first.text()]).toEqual([200, 'video/mp4', ''])
    expect((await body(await ask({ range: 'bytes=0-' }))).length).toBeGreaterThan(1000)
  })

  test.each([
    ['src=nobody', 404, 'stream not found\n'],
    ['src=demo:', 404, 'stream not found\n'],
    ['src=jpeg', 500, 'streams: codecs not matched: video:JPEG => video:H264, video:H265\n'],
  ])('answers %s with %i', async (query, status, text) => {
    const response = await server.request(`/api/frame.mp4?${query}`)
    expect([response.status, await response.text()]).toEqual([status, text])
  })
})
