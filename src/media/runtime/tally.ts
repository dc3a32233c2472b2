import type { Clock } from './clock.ts'
import { millis } from './units.ts'

/** Milliseconds between two tellings: often enough to notice, rare enough not to flood. */
const PERIOD_MS = 1000

/** Counts what may happen thousands of times a second, and tells the sum at most once a second. */
export class Tally implements Disposable {
  readonly #clock: Clock
  readonly #tell: (count: number) => void
  #count = 0
  #timer: Disposable | undefined

  constructor(clock: Clock, tell: (count: number) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Counts `n` more. The first of a period starts its timer. */
  add(n = 1): void {
    this.#count += n
    this.#timer ??= this.#clock.after(millis(PERIOD_MS), () => this.#flush())
  }

  #flush(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const count = this.#count
    this.#count = 0
    if (count > 0) this.#tell(count)
  }

  [Symbol.dispose](): void {
    this.#flush()
  }
}
