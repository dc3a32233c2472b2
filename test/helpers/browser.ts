import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** Debian's Chromium without a screen, and without its own traffic. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
]

/** A real browser with an empty profile and one page. */
export class Browser implements AsyncDisposable {
  readonly #context: BrowserContext
  readonly #profile: string
  readonly page: Page
  /** What went wrong in the page: uncaught errors and errors on its console. */
  readonly complaints: string[] = []

  private constructor(context: BrowserContext, profile: string, page: Page) {
    this.#context = context
    this.#profile = profile
    this.page = page
    page.on('pageerror', error => this.complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
  }

  /** With further flags: a camera that is none, for instance. */
  static async open(more: readonly string[] = []): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'sightline-browser-'))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: [...flags, ...more],
      viewport: { width: 1280, height: 800 },
    })
    return new Browser(context, profile, context.pages()[0] ?? (await context.newPage()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
    rmSync(this.#profile, { recursive: true, force: true })
  }
}

/** The picture moves: the player's time and its decoded frames both go on. */
export const pictureMoves = async (page: Page): Promise<void> => {
  const at = (): Promise<{ time: number; frames: number }> =>
    page.evaluate(() => {
      const video = document.querySelector('video')
      return { time: video?.currentTime ?? 0, frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? 0 }
    })
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0, null, { timeout: 20_000 })
  const before = await at()
  await page.waitForFunction(
    ({ time, frames }) => {
      const video = document.querySelector('video')
      return (
        video !== null &&
        video.currentTime > time + 0.5 &&
        video.getVideoPlaybackQuality().totalVideoFrames > frames + 5
      )
    },
    before,
    { timeout: 20_000 },
  )
}
