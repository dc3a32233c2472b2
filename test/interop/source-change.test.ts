import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser, pictureMoves } from '#test/helpers/browser.ts'
import { GStreamerCamera, h264AndAac } from '#test/helpers/gstreamer-camera.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'

const small = h264AndAac
const large = h264AndAac
  .replace('width=320,height=240', 'width=640,height=480')
  .replace('videotestsrc', 'videotestsrc pattern=ball')
const h265Only =
  '( videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 ' +
  '! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1 )'

let cameras: readonly GStreamerCamera[]
let browser: Browser
let server: TestServer

beforeAll(async () => {
  cameras = await Promise.all([small, large, h265Only].map(launch => GStreamerCamera.start({ launch })))
  server = await startTestServer({ admin: new URL('../../apps/admin/dist', import.meta.url).pathname })
  browser = await Browser.open()
}, 120_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  for (const camera of cameras ?? []) await camera.stop()
})

const put = (name: string, url: string): Promise<Response> =>
  server.request(`/api/streams?name=${name}&src=${encodeURIComponent(url)}`, { method: 'PUT' })

const viewerIds = async (name: string): Promise<readonly number[]> => {
  const { stream } = await server.graphql<{ stream: { status: { viewers: readonly { id: number }[] } } }>(
    'query ($name: String!) { stream(name: $name) { status { viewers { id } } } }',
    { name },
  )
  return stream.status.viewers.map(viewer => viewer.id)
}

test('a viewer keeps its session when its source is replaced by one whose codec fits', async () => {
  await put('porch', cameras[0]!.url)
  const { page } = browser
  await page.goto(`${server.url}#/streams/porch`)
  await pictureMoves(page)
  expect(await page.evaluate(() => document.querySelector('video')?.videoWidth)).toBe(320)
  const before = await viewerIds('porch')

  await put('porch', cameras[1]!.url)
  await page.waitForFunction(() => document.querySelector('video')?.videoWidth === 640, null, { timeout: 20_000 })
  await pictureMoves(page)
  expect(await viewerIds('porch')).toEqual(before)
  expect(before).toHaveLength(1)
})

test('a browser that cannot play the new codec is told so in words, naming both', async () => {
  await put('garage', cameras[2]!.url)
  const { page } = browser
  await page.goto(`${server.url}#/streams/garage`)
  await page.getByText(/H265/).first().waitFor({ timeout: 20_000 })
  await page
    .getByText(/cannot play|does not play|can play/i)
    .first()
    .waitFor({ timeout: 20_000 })
})

test('a change made elsewhere shows in an open page', async () => {
  const { page } = browser
  await page.goto(`${server.url}#/`)
  await page.getByRole('link', { name: 'porch' }).first().waitFor()
  await put('driveway', 'demo:')
  await page.getByRole('link', { name: 'driveway' }).first().waitFor({ timeout: 5_000 })
})
