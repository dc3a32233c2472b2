import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser, pictureMoves } from '#test/helpers/browser.ts'
import { freePort } from '#test/helpers/free-port.ts'
import { GStreamerCamera, h264AndAac } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

/** Keyframes each ten seconds, as cameras have that save bits. */
const rarely = h264AndAac.replace('key-int-max=25', 'key-int-max=250')
/** The same camera after somebody has changed its picture. */
const smaller = h264AndAac.replace('width=320,height=240', 'width=160,height=120')

const hlsPath = new URL('../../node_modules/hls.js/dist/hls.min.js', import.meta.url).pathname
const DEADLINE_MS = 30_000
const timeout = 120_000

let camera: GStreamerCamera
let slow: GStreamerCamera
let cameraPort: number
let server: TestServer
let browser: Browser

beforeAll(async () => {
  cameraPort = await freePort()
  camera = await GStreamerCamera.start({ port: cameraPort })
  slow = await GStreamerCamera.start({ launch: rarely })
  server = await startTestServer({ yaml: `streams:\n  camera: "${camera.url}"\n  slow: "${slow.url}"\n` })
  browser = await Browser.open()
}, 120_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await camera?.stop()
  await slow?.stop()
})

/** What hls.js is asked for: the tests look at these few. */
interface Player {
  readonly latency: number
  readonly targetLatency: number | null
  destroy(): void
}

declare global {
  var player: Player
  var fatal: string[]
}

/** A page with one video, played by hls.js. Its script goes in as text: what Vitest makes of a function's import is none. */
const playByHlsJs = async (page: Page, query: string): Promise<void> => {
  await page.goto(`${server.url}/api`)
  await page.setContent('<video muted autoplay></video>')
  await page.addScriptTag({ path: hlsPath })
  await page.addScriptTag({
    content: `
      fatal = []
      player = new Hls({ lowLatencyMode: true })
      player.on(Hls.Events.ERROR, (_, { fatal: ends, details }) => { if (ends) fatal.push(details) })
      player.loadSource('${server.url}/api/stream.m3u8?${query}')
      player.attachMedia(document.querySelector('video'))
    `,
  })
}

const faults = (page: Page): Promise<readonly string[]> => page.evaluate(() => globalThis.fatal)

/** Waits until the film is at most so many seconds behind the newest that the playlist tells of. */
const isNear = (page: Page, seconds: number): Promise<unknown> =>
  page.waitForFunction(seconds => globalThis.player.latency > 0 && globalThis.player.latency < seconds, seconds, {
    timeout: DEADLINE_MS,
  })

const widthIs = (page: Page, width: number): Promise<unknown> =>
  page.waitForFunction(width => document.querySelector('video')?.videoWidth === width, width, { timeout: 60_000 })

test.each([
  ['MPEG-TS', 'src=camera', 8],
  ['fragmented MP4 with low latency', 'src=camera&mp4', 6],
])('hls.js plays near the newest picture: %s', { timeout }, async (_name, query, secondsBehind) => {
  const { page } = browser
  await playByHlsJs(page, query)
  await pictureMoves(page)
  await isNear(page, secondsBehind)
  expect(await faults(page)).toEqual([])
})

test.each([
  ['MPEG-TS', 'src=camera'],
  ['fragmented MP4', 'src=camera&mp4'],
])('the browser plays by itself, from the first segment on: %s', { timeout }, async (_name, query) => {
  const { page } = browser
  await page.goto(`${server.url}/api`)
  await page.setContent(`<video muted autoplay src="${server.url}/api/stream.m3u8?${query}"></video>`)
  if ((await page.evaluate(() => document.querySelector('video')!.canPlayType('application/vnd.apple.mpegurl'))) === '')
    return
  await pictureMoves(page)
  expect(await page.evaluate(() => document.querySelector('video')?.error?.message)).toBeUndefined()
})

test.each([
  ['MPEG-TS', 'src=slow'],
  ['fragmented MP4', 'src=slow&mp4'],
])('hls.js plays a camera with a keyframe each ten seconds: %s', { timeout }, async (_name, query) => {
  const { page } = browser
  await playByHlsJs(page, query)
  await pictureMoves(page)
  expect(await faults(page)).toEqual([])
})

test('hls.js goes on when the camera comes back with another picture', { timeout }, async () => {
  const { page } = browser
  await playByHlsJs(page, 'src=camera&mp4')
  await pictureMoves(page)
  await widthIs(page, 320)
  await camera.stop()
  camera = await GStreamerCamera.start({ port: cameraPort, launch: smaller })
  await widthIs(page, 160)
  await pictureMoves(page)
  expect(await faults(page)).toEqual([])
})
