import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '#test/helpers/browser.ts'
import { startTestServer, type TestServer } from '#test/helpers/running-server.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'
import { until } from '#test/helpers/until.ts'

/** A microphone that beeps, allowed without asking. */
const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
const film =
  'exec:ffmpeg -hide_banner -re -f lavfi -i testsrc=size=320x240:rate=10 -c:v libx264 -preset ultrafast -tune zerolatency -g 20 -f h264 -'

let browser: Browser
let server: TestServer
let folder: TemporaryFolder

beforeAll(async () => {
  folder = new TemporaryFolder()
  const speaker = `exec:dd of=${folder.at('heard')} status=none#backchannel=1#audio=pcmu/8000`
  server = await startTestServer({
    admin: new URL('../../apps/admin/dist', import.meta.url).pathname,
    yaml: `streams:\n  door:\n    - ${film}\n    - ${speaker}\n  deaf: ${film}\n`,
  })
  browser = await Browser.open(FAKE_DEVICES)
}, 60_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  folder?.[Symbol.dispose]()
})

const heard = (): Buffer => (existsSync(folder.at('heard')) ? readFileSync(folder.at('heard')) : Buffer.alloc(0))
/** In µ-law, 255 and 127 are silence. */
const isLoud = (sound: Buffer): boolean => sound.some(byte => (byte & 0x7f) < 0x30)

test('whoever holds the button is heard at the door, and nobody who has let go', { timeout: 90_000 }, async () => {
  const { page } = browser
  await page.goto(`${server.url}/stream.html?src=door&media=video+audio+microphone`)
  const button = page.getByRole('button', { name: 'Hold to talk' })
  await button.waitFor({ timeout: 30_000 })
  await button.hover()
  await page.mouse.down()
  await page.getByText('Talking').waitFor({ timeout: 30_000 })
  await until('a beep at the door', () => isLoud(heard()), 30_000)
  await page.mouse.up()
  await page.getByText('Hold to talk').waitFor({ timeout: 30_000 })
  // What was under way is still heard; then there is silence, for as long as three beeps take.
  let from = heard().length
  await until(
    'silence',
    () => {
      const since = heard().subarray(from)
      if (isLoud(since)) from = heard().length
      return since.length > 3 * 8000 && !isLoud(since)
    },
    40_000,
  )
})

test('where nobody listens, the button says so', { timeout: 60_000 }, async () => {
  const { page } = browser
  await page.goto(`${server.url}/stream.html?src=deaf&media=video+audio+microphone`)
  const button = page.getByRole('button', { name: 'No voice' })
  await button.waitFor({ timeout: 30_000 })
  expect(await button.getAttribute('title')).toContain('no backchannel')
})
