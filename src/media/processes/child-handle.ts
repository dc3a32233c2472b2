import type { Socket } from 'node:net'
import type { Clock } from '../runtime/clock.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import { millis } from '../runtime/units.ts'
import { describeExit } from './program-error.ts'
import type { StderrText } from './spawner-messages.ts'

/** Milliseconds the rest of a program's output may take after its end: somebody else may hold the pipe open. */
const REST_MS_MAX = 1000

/** How a program ended. */
export interface ChildExit {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: StderrText
}

/** What a handle is made of. */
export interface ChildHandleOptions {
  readonly pid: number
  readonly program: string
  readonly stdin: Socket | undefined
  readonly stdout: Socket | undefined
  readonly clock: Clock
  /** Asks the spawner to end the program. */
  readonly end: () => void
  /** Asks the spawner what it has said. */
  readonly askStderr: () => Promise<StderrText>
}

/**
 * A program that runs. Its bytes come and go by pipes of its own; `close` ends it with everything it
 * started. It is closed by itself when the program has ended and its output is read to the end.
 */
export class ChildHandle implements Closeable {
  /** Also the number of its process group. */
  readonly pid: number
  readonly program: string
  readonly startedAt: number
  readonly #options: ChildHandleOptions
  readonly #lifetime = new Lifetime()
  readonly #exited = Promise.withResolvers<ChildExit>()
  #exit: ChildExit | undefined
  #outputEnded: boolean
  #reading = false
  #onEnd: (() => void) | undefined

  constructor(options: ChildHandleOptions) {
    this.#options = options
    this.pid = options.pid
    this.program = options.program
    this.startedAt = options.clock.now()
    // Its end may have come before anybody listened for it.
    this.#outputEnded = options.stdout === undefined || options.stdout.readableEnded
    for (const pipe of [options.stdin, options.stdout]) {
      // A program that ends with unread input resets the connection: its end is told by the spawner.
      pipe?.on('error', () => {})
    }
    options.stdin?.on('end', () => {}).resume()
    options.stdout?.once('close', () => this.#endOutput())
    options.stdout?.once('end', () => this.#endOutput())
    this.#lifetime.defer(() => this.#end())
  }

  /** What it still says goes nowhere, and does not keep it from ending in order. */
  #end(): void {
    const { stdin, stdout, end } = this.#options
    this.#onEnd = undefined
    end()
    stdin?.end()
    stdout?.removeAllListeners('data').resume()
    void this.exited.then(() => {
      stdin?.destroy()
      stdout?.destroy()
    })
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** Whether `close` has been called, or it has ended and its output was read. */
  get ended(): boolean {
    return this.#lifetime.ended
  }

  /** Settles with the program's end, whoever ended it. Never rejects. */
  get exited(): Promise<ChildExit> {
    return this.#exited.promise
  }

  /**
   * Takes what the program writes to its stdout, from the first byte on; without it nothing is read, and
   * the program waits. A chunk stays valid for ever. What `onChunk` throws is the caller's mistake.
   */
  read(onChunk: (chunk: Buffer) => void, onEnd: () => void): void {
    this.#onEnd = onEnd
    this.#reading = true
    if (this.#outputEnded) onEnd()
    else this.#options.stdout?.on('data', onChunk).resume()
  }

  /** Reads nothing until `resume`: the program waits when the kernel's buffers are full. */
  pause(): void {
    this.#options.stdout?.pause()
  }

  /** Goes on reading. */
  resume(): void {
    this.#options.stdout?.resume()
  }

  /** Bytes written that the kernel has not taken yet. */
  get pendingBytes(): number {
    return this.#options.stdin?.writableLength ?? 0
  }

  /** Writes to the program's stdin; the bytes must not change afterwards. Never waits and never throws. */
  write(bytes: Buffer): void {
    const { stdin } = this.#options
    if (stdin?.writable === true) stdin.write(bytes)
  }

  /** Lets the program see the end of its input, after what was written. */
  endInput(): void {
    this.#options.stdin?.end()
  }

  /** What the program has said on stderr, also after its end. */
  stderr(): Promise<StderrText> {
    return this.#exit === undefined ? this.#options.askStderr() : Promise.resolve(this.#exit.stderr)
  }

  /** The spawner tells that the program has ended. Called once. */
  exit(exit: ChildExit): void {
    this.#exit = exit
    this.#exited.resolve(exit)
    if (this.#outputEnded) this.#closeAfterExit()
    else this.#lifetime.own(this.#options.clock.every(millis(REST_MS_MAX), () => this.#giveUpRest()))
  }

  #giveUpRest(): void {
    // Whoever has paused, or not begun, reads the rest when he is ready.
    if (this.#reading && this.#options.stdout?.isPaused() !== true) this.#endOutput()
  }

  #endOutput(): void {
    if (this.#outputEnded) return
    this.#outputEnded = true
    this.#onEnd?.()
    if (this.#exit !== undefined) this.#closeAfterExit()
  }

  #closeAfterExit(): void {
    const { code, signal, stderr } = this.#exit!
    const message = describeExit(this.program, { code, signal, stderr: stderr.tail })
    this.close({ code: 'program_ended', message })
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
