import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser, pictureMoves } from '#test/helpers/browser.ts'
import { launch } from '#test/helpers/gstreamer.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

/** A camera that speaks G.711, and one that sends pictures of JPEG: programs that write them as they come. */
const law = 'exec:ffmpeg -v error -re -f lavfi -i sine=sample_rate=48000 -c:a pcm_alaw -f wav -'
const jpeg = 'exec:ffmpeg -v error -re -f lavfi -i testsrc2=size=320x240:rate=10 -c:v mjpeg -f mpjpeg -'

let server: TestServer
let browser: Browser
beforeAll(async () => {
  server = await startTestServer({ inline: [`{streams: {demo: "demo:", law: "${law}", jpeg: "${jpeg}"}}`] })
  browser = await Browser.open()
  await browser.page.goto(`${server.url}/api`)
})
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

const show = (element: string): Promise<void> =>
  browser.page.evaluate(html => {
    document.body.innerHTML = html
  }, element)

test('a browser plays stream.mp4 as it comes', async () => {
  await show('<video autoplay muted src="/api/stream.mp4?src=demo"></video>')
  await pictureMoves(browser.page)
})

test('a browser hears G.711 as FLAC in stream.mp4', async () => {
  await show('<video autoplay muted src="/api/stream.mp4?src=law&mp4=flac"></video>')
  await browser.page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1)
})

test('a browser’s MediaSource takes G.711 as FLAC', async () => {
  await show('<audio autoplay muted></audio>')
  await browser.page.evaluate(() => {
    const source = new MediaSource()
    const audio = document.querySelector('audio')!
    audio.src = URL.createObjectURL(source)
    source.addEventListener('sourceopen', () => {
      const socket = new WebSocket('/api/ws?src=law')
      socket.binaryType = 'arraybuffer'
      const waiting: ArrayBuffer[] = []
      let buffer: SourceBuffer | undefined
      const next = (): void => {
        if (buffer !== undefined && !buffer.updating && waiting.length > 0) buffer.appendBuffer(waiting.shift()!)
      }
      socket.addEventListener('open', () => socket.send('{"type":"mse","value":"flac"}'))
      socket.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') {
          buffer = source.addSourceBuffer((JSON.parse(data) as { value: string }).value)
          buffer.addEventListener('updateend', next)
        } else waiting.push(data as ArrayBuffer)
        next()
      })
    })
  })
  await browser.page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 1)
})

test('a browser shows stream.mjpeg as a picture', async () => {
  await show('<img src="/api/stream.mjpeg?src=jpeg">')
  await browser.page.waitForFunction(() => document.querySelector('img')?.naturalWidth === 320)
})

test.each([
  ['stream.mp4?src=demo&video', 'qtdemux ! h264parse'],
  ['stream.flv?src=demo', 'flvdemux name=d d.video ! h264parse'],
  ['stream.aac?src=demo', 'aacparse'],
  ['stream.mp4?src=law&mp4=flac', 'qtdemux ! flacparse ! flacdec'],
])('GStreamer plays %s', async (address, pipeline) => {
  const from = `souphttpsrc location=${server.url}/api/${address}`
  const bytes = await launch(`${from} ! ${pipeline} ! identity eos-after=25 ! fdsink fd=1`)
  expect(bytes.length).toBeGreaterThan(1000)
})

test('nobody is left watching when the page has gone', async () => {
  await browser.page.goto('about:blank')
  const counts = async (): Promise<readonly number[]> => {
    const streams = (await (await server.request('/api/streams')).json()) as Record<
      string,
      { consumers: unknown[] | null }
    >
    return Object.values(streams).map(({ consumers }) => consumers?.length ?? 0)
  }
  await expect.poll(counts).toEqual([0, 0, 0])
})
