import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

let server: TestServer
beforeAll(async () => {
  const [jpeg, raw] = ['jpeg.mjpeg', 'small.y4m'].map(name => `"file:${fixturePath(name)}"`)
  const pictures = 'exec:ffmpeg -v error -re -f lavfi -i testsrc2=size=64x32:rate=10 '
  const live = [`y4m: "${pictures} -pix_fmt yuv420p -f yuv4mpegpipe -"`, `mjpeg: "${pictures} -c:v mjpeg -f mjpeg -"`]
  server = await startTestServer({
    inline: [`{streams: {demo: "demo:", jpeg: ${jpeg}, raw: ${raw}, ${live.join(', ')}}}`],
  })
})
afterAll(() => server[Symbol.asyncDispose]())

const consumers = async (name: string): Promise<unknown> =>
  ((await (await server.request(`/api/streams?src=${name}`)).json()) as { consumers: unknown }).consumers

test.each([
  ['aac', 'demo', 'audio/aac', [{ codec_name: 'aac', sample_rate: '48000', channels: 2 }]],
  ['flv', 'demo', 'video/x-flv', [{ codec_name: 'h264', width: 1280 }, { codec_name: 'aac' }]],
  ['mjpeg', 'jpeg', 'multipart/x-mixed-replace; boundary=frame', [{ codec_name: 'mjpeg' }]],
  ['mjpeg', 'y4m', 'multipart/x-mixed-replace; boundary=frame', [{ codec_name: 'mjpeg', width: 64, height: 32 }]],
  ['y4m', 'y4m', 'application/octet-stream', [{ codec_name: 'rawvideo', width: 64, height: 32 }]],
] as const)('GET /api/stream.%s is played by ffprobe, until it leaves', async (format, name, type, tracks) => {
  const address = `/api/stream.${format}?src=${name}`
  expect(await ffprobe(`${server.url}${address}`)).toMatchObject(tracks)
  await expect.poll(() => consumers(name)).toEqual([])
  const head = await server.request(address, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-type')]).toEqual([200, type])
})

test('GET /api/stream.mjpeg has go2rtc’s headers and parts', async () => {
  const leave = new AbortController()
  const response = await server.request('/api/stream.mjpeg?src=jpeg', { signal: leave.signal })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'multipart/x-mixed-replace; boundary=frame',
    ...{ 'cache-control': 'no-cache', pragma: 'no-cache', connection: 'close' },
  })
  const { value } = await response.body!.getReader().read()
  expect(Buffer.from(value!).toString('latin1')).toMatch(
    /^--frame\r\nContent-Type: image\/jpeg\r\nContent-Length: \d+\r\n\r\n\xff\xd8/,
  )
  leave.abort()
})

test.each([
  ['stream.aac?src=jpeg', 500, 'streams: codecs not matched: video:JPEG => audio:AAC\n'],
  ['stream.flv?src=jpeg', 200, ''],
  ['stream.mjpeg?src=demo', 200, ''],
  ['stream.ascii?src=demo', 200, ''],
  ['stream.y4m?src=jpeg', 200, ''],
  ['stream.ascii?src=nobody', 404, 'stream not found\n'],
  ['stream.aac?src=nobody', 404, 'stream not found\n'],
  ['stream.flv', 404, 'stream not found\n'],
  ['stream.mjpeg?src=demo:', 404, 'stream not found\n'],
])('GET /api/%s answers %i', async (address, status, text) => {
  const response = await server.request(`/api/${address}`)
  expect([response.status, await response.text()]).toEqual([status, text])
})

test('mjpeg on /api/ws is answered, then has one picture a message', async () => {
  await using viewer = await openWebSocket(`${server.url}/api/ws?src=jpeg`)
  viewer.send({ type: 'mjpeg' })
  expect(await viewer.next('the type')).toEqual({ text: { type: 'mjpeg' } })
  for (const nth of ['first', 'second']) {
    const message = await viewer.next(`the ${nth} picture`)
    expect('bytes' in message ? message.bytes.toString('hex', 0, 2) : '').toBe('ffd8')
  }
})

test('mjpeg of a stream without such pictures is refused in words', async () => {
  await using viewer = await openWebSocket(`${server.url}/api/ws?src=demo`)
  viewer.send({ type: 'mjpeg' })
  const value = expect.stringMatching(/^mjpeg: streams: codecs not matched: .+ => video:JPEG, video:RAW$/)
  expect(await viewer.next('the refusal')).toEqual({ text: { type: 'error', value } })
})

describe('GET /api/stream.ascii', () => {
  /** What a terminal gets until it has seen this. */
  const seen = async (query: string, awaited: RegExp): Promise<string> => {
    const leave = new AbortController()
    const response = await server.request(`/api/stream.ascii?src=mjpeg${query}`, { signal: leave.signal })
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    let text = ''
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString().replaceAll('\u001b', 'ESC')
      if (awaited.test(text)) break
    }
    leave.abort()
    await expect.poll(() => consumers('mjpeg')).toEqual([])
    return text
  }

  test('draws each picture over the one before, a letter a pixel', async () => {
    const text = await seen('', /ESC\[0m.*ESC\[0m/s)
    const [, , first] = text.split('ESC[H')
    const lines = first!.split('\r\n').slice(0, -1)
    expect([lines.length, new Set(lines.map(line => line.length))]).toEqual([32, new Set([64])])
    expect(new Set(lines.join('')).size).toBeGreaterThan(3)
  })

  test.each([
    ['&color=256', /ESC\[38;5;\d+m/],
    ['&back=rgb&text=%20', /ESC\[48;2;\d+;\d+;\d+m {2}/],
    ['&color=38;5;226&text=block', /ESC\[38;5;226m.*[░▒▓█]/s],
  ])('takes %s', async (query, awaited) => {
    expect(await seen(query, awaited)).toMatch(awaited)
  })
})
