import type { ChildHandle } from '../../processes/child-handle.ts'
import { splitCommand } from '../../processes/command-line.ts'
import { describeExit, ProgramError } from '../../processes/program-error.ts'
import { redactText } from '../../processes/redact-command.ts'
import type { Spawner } from '../../processes/spawner.ts'
import type { Clock } from '../../runtime/clock.ts'
import { ClosedError, TimedOutError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'

/** Milliseconds one picture may take, with the start of ffmpeg: a cold one on a small machine takes one or two seconds. */
const PICTURE_MS_MAX = 10_000
/** Milliseconds after which a decoder that gives nothing is told that no picture follows: then it gives what it keeps back. Starts take a second or two. */
const KEPT_BACK_MS = 3000

/** Finds pictures in what ffmpeg writes: takes its bytes, tells each picture that is whole. */
export type PictureReader = (tell: (picture: Buffer) => void) => (chunk: Buffer) => void

/** How a decoder is made. */
export interface PictureDecoderOptions {
  readonly spawner: Spawner
  readonly clock: Clock
  /** Reads pictures from its stdin, writes them to its stdout. */
  readonly command: string
  /** What it reads before the first picture. */
  readonly head: Buffer
  readonly reader: PictureReader
}

/**
 * An ffmpeg that runs and makes one picture of each it is given, one at a time. It is of no use any more as soon as
 * it has not done exactly that: nobody may get the picture that somebody else waited for.
 */
export class PictureDecoder implements Closeable {
  readonly #child: ChildHandle
  readonly #clock: Clock
  readonly #lifetime = new Lifetime()
  #waiting: PromiseWithResolvers<Buffer> | undefined
  #inputEnded = false

  private constructor(child: ChildHandle, { clock, head, reader }: PictureDecoderOptions) {
    this.#child = this.#lifetime.own(child)
    this.#clock = clock
    const read = reader(picture => this.#take(picture))
    child.read(
      chunk => {
        if (!this.#lifetime.ended) read(chunk)
      },
      () => {},
    )
    void child.exited.then(() => void child.closed.then(() => this.#exited()))
    if (head.length > 0) child.write(head)
  }

  /** Starts one. Rejects with a `ProgramError` or a `LimitError`. */
  static async start(options: PictureDecoderOptions): Promise<PictureDecoder> {
    const { program, parameters } = splitCommand(options.command)
    const child = await options.spawner.run({ program, parameters, stdin: 'pipe', stdout: 'pipe' })
    return new PictureDecoder(child, options)
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** Whether it may be given another picture. */
  get usable(): boolean {
    return !this.#lifetime.ended && !this.#inputEnded && this.#waiting === undefined
  }

  /** Rejects with a `ProgramError`, whose sentence has ffmpeg's last words, a `TimedOutError` or a `ClosedError`. */
  async decode(picture: Buffer): Promise<Buffer> {
    if (!this.usable) throw new ClosedError(this.#child.program)
    const waiting = Promise.withResolvers<Buffer>()
    this.#waiting = waiting
    using _kept = this.#clock.after(millis(KEPT_BACK_MS), () => this.#endInput())
    using _late = this.#clock.after(millis(PICTURE_MS_MAX), () => this.#giveUp())
    this.#child.write(picture)
    try {
      return await waiting.promise
    } finally {
      this.#waiting = undefined
      if (this.#inputEnded) this.close()
    }
  }

  #take(picture: Buffer): void {
    if (this.#waiting === undefined) this.close()
    else this.#waiting.resolve(picture)
    this.#waiting = undefined
  }

  #endInput(): void {
    this.#inputEnded = true
    this.#child.endInput()
  }

  #giveUp(): void {
    this.#waiting?.reject(new TimedOutError(this.#child.program, PICTURE_MS_MAX))
    this.close()
  }

  async #exited(): Promise<void> {
    const { program } = this.#child
    const { code, signal, stderr } = await this.#child.exited
    const how = describeExit(program, { code, signal, stderr: redactText(stderr.tail) })
    const sentence = code === 0 ? `${program} made no picture: ${how}` : how
    this.#waiting?.reject(new ProgramError('program_failed', program, sentence))
    this.close()
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
    this.#waiting?.reject(new ClosedError(this.#child.program))
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
