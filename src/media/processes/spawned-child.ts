import { connect, type Socket } from 'node:net'
import { execa } from 'execa'
import { systemClock } from '../runtime/clock.ts'
import { describeError } from '../runtime/errors.ts'
import { millis } from '../runtime/units.ts'
import { giveWay } from './give-way.ts'
import type { RunRequest, SpawnerNotice, StderrText } from './spawner-messages.ts'
import { StderrNotices } from './stderr-notices.ts'
import { StderrRing } from './stderr-ring.ts'
import type { Watchdog } from './watchdog.ts'

/** Milliseconds that last words on stderr may take after a program's end: somebody else may hold it open. */
const LAST_WORDS_MS_MAX = 200

/** What a child in the spawner works with. */
export interface SpawnedChildOptions {
  /** Where the server takes pipes. */
  readonly pipes: string
  readonly watchdog: Watchdog
  readonly tell: (notice: SpawnerNotice) => void
}

/**
 * A program and its process group, in the spawner. Its stdin and stdout are connections to the
 * server: the spawner opens them, hands them to the program and lets go of them.
 */
export class SpawnedChild {
  readonly #request: RunRequest
  readonly #options: SpawnedChildOptions
  readonly #stderr = new StderrRing()
  readonly #notices: StderrNotices
  #group: number | undefined
  #ending = false
  #forced: Disposable | undefined

  constructor(request: RunRequest, options: SpawnedChildOptions) {
    this.#request = request
    this.#options = options
    const { id } = request
    this.#notices = new StderrNotices((text, droppedBytes) => options.tell({ type: 'stderr', id, text, droppedBytes }))
  }

  /** Its process group, while it runs. */
  get group(): number | undefined {
    return this.#group
  }

  get stderr(): StderrText {
    return this.#stderr.text
  }

  /** Runs the program to its end, and tells of both. Never rejects. */
  async run(): Promise<void> {
    const { id } = this.#request
    try {
      await this.#run()
    } catch (error) {
      this.#options.tell({ type: 'failed', id, ...describeError(error) })
    }
  }

  async #run(): Promise<void> {
    const { id, program, parameters, environment } = this.#request
    const [stdin, stdout] = await Promise.all([this.#open(this.#request.stdin), this.#open(this.#request.stdout)])
    const child = execa(program, parameters, {
      env: environment,
      stdin: stdin ?? 'ignore',
      stdout: stdout ?? 'ignore',
      stderr: 'pipe',
      // A group of its own, so that what it starts can be ended with it.
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      encoding: 'buffer',
    })
    stdin?.destroy()
    stdout?.destroy()
    if (child.pid === undefined) {
      const { code, originalMessage } = await child
      this.#options.tell({ type: 'failed', id, code: code ?? 'unknown', message: originalMessage ?? '' })
      return
    }
    this.#begun(child.pid)
    child.stderr?.on('data', (bytes: Buffer) => this.#hear(bytes))
    const { promise: ended, resolve } = Promise.withResolvers<readonly [number | null, NodeJS.Signals | null]>()
    child.nodeChildProcess.once('exit', (code, signal) => resolve([code, signal]))
    const [code, signal] = await ended
    this.#gone()
    await Promise.race([child, delay(LAST_WORDS_MS_MAX)])
    child.stderr?.destroy()
    this.#notices[Symbol.dispose]()
    this.#options.tell({ type: 'exited', id, code, signal, stderr: this.stderr })
  }

  /** A connection to the server that says which pipe it is. Nothing is read from it here. */
  async #open(token: string | undefined): Promise<Socket | undefined> {
    if (token === undefined) return undefined
    const socket = connect({ path: this.#options.pipes })
    socket.pause()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.on('error', reject)
    // Written for good before a program writes after it.
    socket.write(token, error => (error ? reject(error) : resolve()))
    await promise
    return socket
  }

  #begun(group: number): void {
    this.#group = group
    this.#options.watchdog.guard(group)
    giveWay(group)
    this.#options.tell({ type: 'started', id: this.#request.id, pid: group })
    if (this.#ending) this.#end()
  }

  #hear(bytes: Buffer): void {
    this.#stderr.add(bytes)
    if (this.#request.tellStderr) this.#notices.add(bytes)
  }

  /** What a program leaves behind when it ends, ends with it. */
  #gone(): void {
    this.#forced?.[Symbol.dispose]()
    this.kill('SIGKILL')
    if (this.#group !== undefined) this.#options.watchdog.forget(this.#group)
    this.#group = undefined
  }

  /** Asks it to end with its own signal, and ends it by force when it has not in its time. Once. */
  end(): void {
    if (this.#ending) return
    this.#ending = true
    if (this.#group !== undefined) this.#end()
  }

  #end(): void {
    const { killSignal, killTimeoutMs } = this.#request
    this.kill(killSignal)
    this.#forced = systemClock.after(millis(killTimeoutMs), () => this.kill('SIGKILL'))
  }

  /** Sends a signal to the whole group. */
  kill(signal: number | NodeJS.Signals): void {
    if (this.#group === undefined) return
    try {
      process.kill(-this.#group, signal)
    } catch {
      // It has just ended, or there is no such signal here.
    }
  }
}

const delay = (forMs: number): Promise<void> =>
  new Promise(resolve => void systemClock.after(millis(forMs), () => resolve()))
