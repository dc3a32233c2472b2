import { type Clock, systemClock } from '../runtime/clock.ts'
import { millis } from '../runtime/units.ts'

/** Milliseconds in which what a program says is collected into one notice. */
const PERIOD_MS = 100
/** Bytes of one notice: a program that says more in a period is not listened to so closely. */
const NOTICE_BYTES_MAX = 4 * 1024

/** Tells what a program says while it runs, at most ten times a second and 4 KiB each; the rest is counted. */
export class StderrNotices implements Disposable {
  readonly #tell: (text: string, droppedBytes: number) => void
  readonly #clock: Clock
  #pieces: Buffer[] = []
  #bytes = 0
  #dropped = 0
  #timer: Disposable | undefined

  constructor(tell: (text: string, droppedBytes: number) => void, clock: Clock = systemClock) {
    this.#tell = tell
    this.#clock = clock
  }

  /** Takes some more; it must not change afterwards. */
  add(bytes: Buffer): void {
    const taken = bytes.subarray(0, NOTICE_BYTES_MAX - this.#bytes)
    if (taken.length > 0) this.#pieces.push(taken)
    this.#bytes += taken.length
    this.#dropped += bytes.length - taken.length
    this.#timer ??= this.#clock.after(millis(PERIOD_MS), () => this.#flush())
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#bytes === 0) return
    const text = Buffer.concat(this.#pieces).toString()
    const dropped = this.#dropped
    this.#pieces = []
    this.#bytes = 0
    this.#dropped = 0
    this.#tell(text, dropped)
  }

  /** Tells what is left. */
  [Symbol.dispose](): void {
    this.#flush()
  }
}
