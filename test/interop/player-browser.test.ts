import { request as ask, createServer } from 'node:http'
import { connect } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { freePort } from '#test/helpers/free-port.ts'
import { GStreamerCamera, h264AndAac, h265Only } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 !'
const h264 = `${picture} x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1`
const opus = 'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97'

const launches = {
  porch: `( ${h264} ${opus} )`,
  garden: h264AndAac,
  garage: h265Only,
  yard: `( ${picture} jpegenc ! rtpjpegpay name=pay0 pt=26 )`,
}

/** Milliseconds for whatever is awaited of a browser on a busy machine. */
const DEADLINE_MS = 30_000

let cameras: readonly GStreamerCamera[]
let browser: Browser
let server: TestServer
let port: number

const startServer = async (): Promise<TestServer> => {
  const started = await startTestServer({
    admin: new URL('../../apps/admin/dist', import.meta.url).pathname,
    inline: [`{api: {listen: "127.0.0.1:${port}", origin: "*"}}`],
  })
  for (const [index, name] of Object.keys(launches).entries())
    await started.request(`/api/streams?name=${name}&src=${encodeURIComponent(cameras[index]!.url)}`, { method: 'PUT' })
  return started
}

beforeAll(async () => {
  cameras = await Promise.all(Object.values(launches).map(launch => GStreamerCamera.start({ launch })))
  port = await freePort()
  server = await startServer()
  browser = await Browser.open()
}, 120_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  for (const camera of cameras ?? []) await camera.stop()
})

/** The part of the element that the tests look at. */
interface Player extends HTMLElement {
  readonly video: HTMLVideoElement
  readonly wsState: number
  readonly pcState: number
  readonly playerStatus: { readonly state: string; readonly way?: string }
  readonly attempts: readonly { readonly way: string; readonly state: string; readonly reason: string }[]
  statistics(): Promise<Readonly<Record<string, string | number>> | undefined>
}

const plays = (page: Page, way: string, index = 0): Promise<unknown> =>
  page.waitForFunction(
    ([way, index]) => {
      const { state, way: playing } = document.querySelectorAll<Player>('video-stream')[index]?.playerStatus ?? {}
      return state === 'playing' && playing === way
    },
    [way, index] as const,
    { timeout: DEADLINE_MS },
  )

/** The n-th player's film goes on: by a second, from wherever it is. */
const goesOn = async (page: Page, index = 0): Promise<void> => {
  const time = (): Promise<number> =>
    page.evaluate(index => document.querySelectorAll('video')[index]?.currentTime ?? 0, index)
  const before = await time()
  await page.waitForFunction(
    ([before, index]) => (document.querySelectorAll('video')[index]?.currentTime ?? 0) > before + 1,
    [before, index] as const,
    { timeout: DEADLINE_MS },
  )
}

const facts = (page: Page) =>
  page.evaluate(async () => {
    const player = document.querySelector<Player>('video-stream')!
    const { wsState, pcState, attempts } = player
    return { wsState, pcState, attempts, statistics: await player.statistics() }
  })

const open = (query: string): Promise<unknown> => browser.page.goto(`${server.url}/stream.html?${query}`)

const timeout = 120_000

test('WebRTC wins where it carries the same, and its WebSocket is closed', { timeout }, async () => {
  const { page } = browser
  await open('src=porch')
  await plays(page, 'webrtc')
  await goesOn(page)
  const { wsState, pcState, attempts, statistics } = await facts(page)
  expect([wsState, pcState]).toEqual([3, 1])
  expect(attempts).toContainEqual({ way: 'mse', state: 'lost', reason: 'WebRTC has the same with less delay' })
  expect(statistics).toMatchObject({ way: 'webrtc', codecs: 'H264 + Opus', width: 320, height: 240, lost: 0 })
  expect(browser.complaints).toEqual([])
})

test('MSE wins where WebRTC would be without sound, and says so', { timeout }, async () => {
  const { page } = browser
  await open('src=garden')
  await page.waitForFunction(
    () => document.querySelector<Player>('video-stream')?.attempts.some(({ state }) => state === 'won'),
    null,
    { timeout: DEADLINE_MS },
  )
  await goesOn(page)
  const { wsState, pcState, attempts, statistics } = await facts(page)
  expect([wsState, pcState]).toEqual([1, 3])
  expect(attempts[0]).toMatchObject({ way: 'webrtc', state: 'lost', reason: expect.stringContaining('AAC') })
  expect(statistics).toMatchObject({ way: 'mse', width: 320 })
})

test('MSE plays where WebRTC is not wanted', { timeout }, async () => {
  await open('src=porch&mode=mse')
  await plays(browser.page, 'mse')
  await goesOn(browser.page)
})

test('HLS plays where the browser does so by itself, and says so where it does not', { timeout }, async () => {
  const { page } = browser
  await open('src=porch&mode=hls')
  const native = await page.evaluate(() => document.createElement('video').canPlayType('application/vnd.apple.mpegurl'))
  if (native === '') {
    await page.getByText('cannot play live video in any of the ways').waitFor({ timeout: DEADLINE_MS })
  } else {
    await plays(page, 'hls')
    await goesOn(page)
  }
})

test('webrtc/tcp is WebRTC by TCP', { timeout }, async () => {
  await open('src=porch&mode=webrtc/tcp')
  await plays(browser.page, 'webrtc')
  await goesOn(browser.page)
  expect((await facts(browser.page)).statistics).toMatchObject({ transport: 'TCP' })
})

test('a JPEG camera is shown as MJPEG once the others have failed', { timeout }, async () => {
  await open('src=yard')
  await plays(browser.page, 'mjpeg')
  const { attempts, statistics } = await facts(browser.page)
  expect(attempts.find(({ way }) => way === 'webrtc')?.reason).toContain('no codec in common (stream: JPEG; browser:')
  expect(statistics).toMatchObject({ way: 'mjpeg', codecs: 'JPEG', width: 320, height: 240 })
  const poster = await browser.page.evaluate(() => document.querySelector('video')?.poster)
  await browser.page.waitForFunction(poster => document.querySelector('video')?.poster !== poster, poster)
})

test('keyframes alone are shown as single pictures', { timeout }, async () => {
  await open('src=porch&mode=mp4')
  await plays(browser.page, 'mp4')
  expect((await facts(browser.page)).statistics).toMatchObject({ way: 'mp4', width: 320, height: 240 })
})

test('what this browser cannot play, and a stream that is not there, are said in words', { timeout }, async () => {
  const { page } = browser
  await open('src=garage')
  await page.getByText('This browser cannot play H265').waitFor({ timeout: DEADLINE_MS })
  await page.getByText('Set the camera to H264').waitFor()
  await open('src=nobody')
  await page.getByText('The server has no stream of this name.').waitFor({ timeout: DEADLINE_MS })
  await open('')
  await page.getByText('needs the name of a stream').waitFor()
})

test('two streams play beside each other, each in its own way', { timeout }, async () => {
  const { page } = browser
  await open('src=porch&src=garden&mode=webrtc&mode=mse')
  await plays(page, 'webrtc', 0)
  await plays(page, 'mse', 1)
  await goesOn(page, 0)
  await goesOn(page, 1)
  expect(await page.locator('figcaption').allTextContents()).toEqual(['porch', 'garden'])
})

test('webrtc.html plays by itself, and says in words what does not work', { timeout }, async () => {
  const { page } = browser
  await page.goto(`${server.url}/webrtc.html?src=porch`)
  await goesOn(page)
  expect(await page.locator('p').textContent()).toBe('')
  await page.goto(`${server.url}/webrtc.html?src=garage&media=video`)
  await page.getByText('cannot play H265').waitFor({ timeout: DEADLINE_MS })
  await page.goto(`${server.url}/webrtc.html?dst=porch&media=camera`)
  await page.getByRole('button', { name: 'Start' }).click()
  await page.getByText('This device has no camera.').waitFor({ timeout: DEADLINE_MS })
  await page.goto(`${server.url}/webrtc.html`)
  await page.getByText('needs the name of a stream').waitFor()
  expect(browser.complaints).toEqual([])
})

test('below a prefix that the server does not know, everything is found', { timeout }, async () => {
  const proxy = createServer((from, to) => {
    const path = (from.url ?? '').replace(/^\/ingress\/token/, '')
    ask({ port, path, headers: from.headers, method: from.method }, answer => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    }).end()
  })
  proxy.on('upgrade', ({ url = '', rawHeaders }, socket) => {
    const there = connect(port, '127.0.0.1')
    const headers = rawHeaders.map((part, index) => part + (index % 2 === 0 ? ': ' : '\r\n')).join('')
    there.write(`GET ${url.replace(/^\/ingress\/token/, '')} HTTP/1.1\r\n${headers}\r\n`)
    socket.pipe(there).pipe(socket)
    for (const end of [socket, there]) end.on('error', () => end.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const { port: outside } = proxy.address() as { port: number }
  await browser.page.goto(`http://127.0.0.1:${outside}/ingress/token/stream.html?src=porch&mode=mse`)
  await plays(browser.page, 'mse')
  await browser.page.goto('about:blank')
  proxy.closeAllConnections()
  await new Promise(resolve => proxy.close(resolve))
})

test('a card of another origin imports the class, extends it, and plays', { timeout }, async () => {
  const { page } = browser
  await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/api`)
  const origin = `http://127.0.0.1:${port}`
  expect(await page.evaluate(() => location.origin)).not.toBe(origin)
  // As text: what Vitest makes of an import is nothing for a page.
  await page.addScriptTag({ type: 'module', content: cardScript(origin) })
  await page.waitForFunction(() => document.body.dataset['ways'], null, { timeout: DEADLINE_MS })
  expect(await page.evaluate(() => document.body.dataset['ways'])).toBe('webrtc,mse')
})

/** A third-party card: extends the class, and hears which ways were begun. */
const cardScript = (origin: string): string => `
  import { VideoRTC } from '${origin}/video-rtc.js'
  customElements.define('foreign-card', class extends VideoRTC {
    onopen() {
      const ways = super.onopen()
      this.addEventListener('playerchange', () => {
        if (this.playerStatus.state === 'playing') document.body.dataset.ways = ways.join()
      })
      return ways
    }
  })
  const card = document.createElement('foreign-card')
  card.mode = 'webrtc,mse'
  card.src = '${origin}/api/ws?src=porch'
  document.body.append(card)
`

test('comes back when the server does', { timeout }, async () => {
  const { page } = browser
  await open('src=porch')
  await plays(page, 'webrtc')
  await server[Symbol.asyncDispose]()
  await page.waitForFunction(
    () => document.querySelector<Player>('video-stream')?.playerStatus.state !== 'playing',
    null,
    {
      timeout: DEADLINE_MS,
    },
  )
  server = await startServer()
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await plays(page, 'webrtc')
  await goesOn(page)
})
