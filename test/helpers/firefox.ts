import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/** Milliseconds Firefox may take to start: it makes a profile first. */
const START_MS_MAX = 60_000

/** Without its own traffic and its own questions, and with devices that are none. */
const preferences: Readonly<Record<string, string | number | boolean>> = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  // JSON is a document as any other: its viewer may ask for nothing.
  'devtools.jsonview.enabled': false,
  'extensions.update.enabled': false,
  'media.autoplay.blocking_policy': 0,
  'media.autoplay.block-webaudio': false,
  'media.autoplay.default': 0,
  'media.gmp-manager.updateEnabled': false,
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  // Otherwise it gathers no candidate of this machine's own address.
  'media.peerconnection.ice.loopback': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.enabled': false,
}

const preferencesText = (): string =>
  Object.entries(preferences)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('')

interface Answer {
  readonly id?: number
  readonly result?: Record<string, unknown>
  readonly error?: string
  readonly message?: string
}

/** Firefox without a screen, with an empty profile and one page; driven by WebDriver BiDi. */
export class Firefox implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  readonly #kill = (): void => void this.#process.kill('SIGKILL')
  #socket: WebSocket | undefined
  #context: unknown
  #asked = 0

  private constructor(process: ChildProcess, profile: string) {
    this.#process = process
    this.#profile = profile
    globalThis.process.once('exit', this.#kill)
  }

  /** Starts one and opens an address. */
  static async open(url: string): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'sightline-firefox-'))
    writeFileSync(join(profile, 'user.js'), preferencesText())
    const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile]
    const process = spawn('firefox-esr', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const firefox = new Firefox(process, profile)
    try {
      await firefox.#begin(await addressOf(process))
      await firefox.#ask('browsingContext.navigate', { context: firefox.#context, url, wait: 'complete' })
      return firefox
    } catch (error) {
      await firefox[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Runs a function in the page with an argument, and waits for what it promises. Both go as JSON. */
  async evaluate<Result, Argument = undefined>(
    run: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result> {
    const { result, exceptionDetails } = (await this.#ask('script.callFunction', {
      functionDeclaration: `async json => JSON.stringify(await (${run})(JSON.parse(json)))`,
      arguments: [{ type: 'string', value: JSON.stringify(argument ?? null) }],
      ...{ target: { context: this.#context }, awaitPromise: true, userActivation: true },
    })) as { result?: { value?: string }; exceptionDetails?: { text: string } }
    if (exceptionDetails !== undefined) throw new Error(`in Firefox: ${exceptionDetails.text}`)
    return result?.value === undefined ? (undefined as Result) : JSON.parse(result.value)
  }

  async #begin(address: string): Promise<void> {
    const socket = new WebSocket(`${address}/session`)
    this.#socket = socket
    await once(socket, 'open')
    socket.on('message', data => {
      const answer = JSON.parse(String(data)) as Answer
      const take = answer.id === undefined ? undefined : this.#waiting.get(answer.id)
      if (answer.id !== undefined) this.#waiting.delete(answer.id)
      take?.(answer)
    })
    socket.once('close', () => {
      for (const take of this.#waiting.values()) take({ error: 'gone', message: 'Firefox has ended' })
      this.#waiting.clear()
    })
    await this.#ask('session.new', { capabilities: {} })
    const { contexts } = (await this.#ask('browsingContext.getTree', {})) as { contexts: { context: string }[] }
    this.#context = contexts[0]?.context
  }

  async #ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    const id = ++this.#asked
    const answered = new Promise<Answer>(resolve => this.#waiting.set(id, resolve))
    this.#socket?.send(JSON.stringify({ id, method, params }))
    const { result, error, message } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error}: ${message}`)
    return result ?? {}
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill)
    this.#socket?.close()
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = once(this.#process, 'exit')
      this.#kill()
      await gone
    }
    // Its children write for a moment longer.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

const addressOf = async (process: ChildProcess): Promise<string> => {
  const late = setTimeout(() => process.kill('SIGKILL'), START_MS_MAX)
  const said: string[] = []
  try {
    for await (const line of createInterface({ input: process.stderr! })) {
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? []
      if (address === undefined) {
        said.push(line)
        continue
      }
      process.stderr?.resume()
      return address
    }
    throw new Error(`Firefox ended, or did not start in time: ${said.join('\n')}`)
  } finally {
    clearTimeout(late)
  }
}
