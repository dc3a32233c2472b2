import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser, pictureMoves } from '#test/helpers/browser.ts'
import { GStreamerCamera } from '#test/helpers/gstreamer-camera.ts'
import { StartedServer } from '#test/helpers/started-server.ts'

const run = promisify(execFile)

let camera: GStreamerCamera
let browser: Browser
let server: StartedServer
const folder = mkdtempSync(join(tmpdir(), 'sightline-first-slice-'))

beforeAll(async () => {
  camera = await GStreamerCamera.start()
  server = await StartedServer.start(folder)
  browser = await Browser.open()
}, 300_000)

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await server?.stop()
  await camera?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Codec names that ffprobe finds in what the server gives out under a name. */
const probe = async (name: string): Promise<readonly string[]> => {
  const url = `rtsp://127.0.0.1:${server.rtspPort}/${name}`
  const args = ['-v', 'error', '-rtsp_transport', 'tcp', '-show_entries', 'stream=codec_name', '-of', 'json', url]
  const { stdout } = await run('ffprobe', args, { timeout: 30_000 })
  const { streams } = JSON.parse(stdout) as { streams: readonly { codec_name: string }[] }
  return streams.map(stream => stream.codec_name)
}

test('a person adds a camera, watches it, restreams it, renames it, undoes it, and loses nothing to a power cut', async () => {
  const { page } = browser
  await page.goto(server.url)
  await page.getByRole('heading', { name: 'No cameras yet' }).waitFor()

  await page.getByRole('link', { name: 'Add your camera' }).click()
  await page.getByLabel('Address').fill(camera.url)
  await page.getByRole('button', { name: 'Test the camera' }).click()
  await page.getByText('H264', { exact: false }).first().waitFor()
  await page.getByText('AAC', { exact: false }).first().waitFor()
  await page.getByLabel('Name').fill('porch')
  await page.getByRole('button', { name: 'Add the camera' }).click()

  await page.getByRole('heading', { name: 'porch' }).waitFor()
  await pictureMoves(page)
  expect(await probe('porch')).toEqual(['h264', 'aac'])

  await page.getByRole('button', { name: 'Rename' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('garden')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('heading', { name: 'garden' }).waitFor()
  await pictureMoves(page)
  expect(await probe('garden')).toEqual(['h264', 'aac'])

  await page.getByRole('link', { name: 'Changes' }).first().click()
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await page.getByRole('link', { name: 'Streams' }).first().click()
  await page.getByRole('link', { name: 'porch' }).first().waitFor()
  await expect(probe('garden')).rejects.toThrow('404')

  await page.reload()
  await page.getByRole('link', { name: 'porch' }).first().click()
  await pictureMoves(page)

  await server.kill()
  server = await StartedServer.start(folder)
  await page.goto(server.url)
  await page.getByRole('link', { name: 'porch' }).first().click()
  await pictureMoves(page)
  expect(await probe('porch')).toEqual(['h264', 'aac'])

  await page.getByRole('link', { name: 'Changes' }).first().click()
  for (const word of ['added', 'renamed']) await page.getByText(word, { exact: false }).first().waitFor()
}, 240_000)
