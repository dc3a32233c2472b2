import { afterAll, beforeAll, expect, test } from 'vitest'
import { ffprobe } from '#test/helpers/ffprobe.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { openWebSocket } from '#test/helpers/web-socket-viewer.ts'

let server: TestServer
beforeAll(async () => {
  const jpeg = `"file:${fixturePath('jpeg.mjpeg')}"`
  server = await startTestServer({ inline: [`{streams: {demo: "demo:", jpeg: ${jpeg}}}`] })
})
afterAll(() => server[Symbol.asyncDispose]())

const consumers = async (name: string): Promise<unknown> =>
  ((await (await server.request(`/api/streams?src=${name}`)).json()) as { consumers: unknown }).consumers

test.each([
  ['aac', 'demo', 'audio/aac', [{ codec_name: 'aac', sample_rate: '48000', channels: 2 }]],
  ['flv', 'demo', 'video/x-flv', [{ codec_name: 'h264', width: 1280 }, { codec_name: 'aac' }]],
  ['mjpeg', 'jpeg', 'multipart/x-mixed-replace; boundary=frame', [{ codec_name: 'mjpeg' }]],
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
  const value = expect.stringMatching(/^mjpeg: streams: codecs not matched: .+ => video:JPEG$/)
  expect(await viewer.next('the refusal')).toEqual({ text: { type: 'error', value } })
})
