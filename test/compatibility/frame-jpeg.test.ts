import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { GStreamerCamera, h265Only } from '#test/helpers/gstreamer-camera.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

let server: TestServer
let [camera, other]: [GStreamerCamera | undefined, GStreamerCamera | undefined] = [undefined, undefined]
beforeAll(async () => {
  ;[camera, other] = await Promise.all([GStreamerCamera.start(), GStreamerCamera.start({ launch: h265Only })])
  const files = { jpeg: 'jpeg.mjpeg', raw: 'small.y4m', sound: 'pcm_alaw.wav' }
  const streams = Object.entries(files).map(([name, file]) => `${name}: "file:${fixturePath(file)}"`)
  server = await startTestServer({
    inline: [
      `{streams: {h264: "${camera.url}", h265: "${other.url}", demo: "demo:", ${streams.join(', ')}}}`,
      '{streams: {gone: "rtsp://u:canary7@127.0.0.1:1/x"}}',
    ],
  })
}, 60_000)
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await Promise.all([camera?.stop(), other?.stop()])
})

const get = async (query: string, init?: RequestInit) => {
  const response = await server.request(`/api/frame.jpeg?${query}`, init)
  return { response, status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}
const sizeOf = async (jpeg: Buffer): Promise<string> => {
  const shown = ['-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', '-']
  return (await runProgram('ffprobe', ['-v', 'error', '-f', 'jpeg_pipe', ...shown], jpeg)).output.trim()
}
const consumers = async (name: string): Promise<unknown> =>
  ((await (await server.request(`/api/streams?src=${name}`)).json()) as { consumers: unknown }).consumers

describe('GET /api/frame.jpeg', () => {
  test.each([
    ['src=h264', 'mjpeg,320,240'],
    ['src=h264&w=160', 'mjpeg,160,120'],
    ['src=h264&width=320&height=180', 'mjpeg,320,180'],
    ['src=h264&h=120&rotate=90', 'mjpeg,120,160'],
    ['src=h264&w=999999999&rotate=abc&cache=xyz&hw=software', 'mjpeg,320,240'],
    ['src=h265', 'mjpeg,320,240'],
    ['src=demo&w=640', 'mjpeg,640,360'],
    ['src=jpeg&w=999', 'mjpeg,48,32'],
    ['src=raw', 'mjpeg,48,32'],
  ])('?%s is a picture: %s', async (query, size) => {
    const { status, bytes } = await get(query)
    expect([status, await sizeOf(bytes)]).toEqual([200, size])
    const name = /src=(\w+)/.exec(query)![1]!
    await expect.poll(() => consumers(name)).toEqual([])
  })

  test('has go2rtc’s headers', async () => {
    const { response, bytes } = await get('src=jpeg')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...{ 'content-type': 'image/jpeg', 'content-length': String(bytes.length) },
      ...{ 'cache-control': 'no-cache', connection: 'close', pragma: 'no-cache' },
    })
  })

  test('makes a stream of a source on the fly', async () => {
    const { status, bytes } = await get(`src=${encodeURIComponent(camera!.url)}&name=fly`)
    expect([status, await sizeOf(bytes)]).toEqual([200, 'mjpeg,320,240'])
    expect(await (await server.request('/api/streams')).json()).toHaveProperty('fly')
  })

  test('is answered to many at once with one and the same picture', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('src=h264&w=200&cache=1m')))
    const [first] = answers
    expect(answers.every(({ status, bytes }) => status === 200 && bytes.equals(first!.bytes))).toBe(true)
    expect((await get('src=h264&w=200&cache=1m')).bytes).toEqual(first!.bytes)
  })

  test.each([
    ['src=nobody', 404, /^stream not found\n$/],
    ['', 404, /^stream not found\n$/],
    ['src=gone', 500, /^streams: .+ nothing answers on port 1\n$/],
    ['src=sound', 500, /^streams: codecs not matched: audio:PCMA => .*video:H264/],
    ['src=exec:true', 400, /^streams: source from insecure producer\n$/],
  ])('?%s is refused with %i', async (query, status, text) => {
    const answer = await get(query)
    expect([answer.status, answer.bytes.toString()]).toEqual([status, expect.stringMatching(text)])
  })

  test('is not made for HEAD', async () => {
    const { response, status, bytes } = await get('src=h264', { method: 'HEAD' })
    expect([status, response.headers.get('content-type'), bytes.length]).toEqual([200, 'image/jpeg', 0])
    expect((await get('src=nobody', { method: 'HEAD' })).status).toBe(404)
  })

  test('whoever leaves in the middle leaves nothing behind', async () => {
    const leave = new AbortController()
    const asked = server.request('/api/frame.jpeg?src=h265&w=300', { signal: leave.signal })
    leave.abort()
    await expect(asked).rejects.toThrow()
    await expect.poll(() => consumers('h265')).toEqual([])
    expect((await get('src=h265&w=300')).status).toBe(200)
  })
})
