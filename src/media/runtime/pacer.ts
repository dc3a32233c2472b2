import type { Clock } from './clock.ts'
import { type Millis, millis } from './units.ts'

/** How a pacer is made. */
export interface PacerOptions {
  readonly clock: Clock
  /** Things that may begin at once after a pause. */
  readonly burst: number
  /** Milliseconds between two that begin one after another. */
  readonly spacingMs: number
  /** From 0 to 1. */
  readonly random: () => number
}

/** The share of a delay by which it may be stretched. */
const STRETCH_MAX = 0.2

/** Spaces out what would otherwise begin all at once: the dials of cameras that lost their power together. */
export class Pacer {
  readonly #options: PacerOptions
  /** When the bucket would be empty again if nothing more came. */
  #busyUntil = millis(Number.NEGATIVE_INFINITY)

  constructor(options: PacerOptions) {
    this.#options = options
  }

  /** A delay, up to a fifth longer: what was lost together does not come back together for ever. */
  stretch(delay: Millis): Millis {
    return millis(delay * (1 + this.#options.random() * STRETCH_MAX))
  }

  /** Runs `begin` when its turn has come: now, unless many came before. Dispose to take it back. */
  admit(begin: () => void): Disposable {
    const { clock, burst, spacingMs } = this.#options
    const now = clock.now()
    const from = Math.max(this.#busyUntil, now - (burst - 1) * spacingMs)
    this.#busyUntil = millis(from + spacingMs)
    const delay = Math.max(0, from - now)
    if (delay > 0) return clock.after(millis(delay), begin)
    begin()
    return { [Symbol.dispose]() {} }
  }
}
