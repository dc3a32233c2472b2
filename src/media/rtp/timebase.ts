/** Milliseconds over which the packet that was delayed least is looked for: longer than most networks' bad moments. */
const WINDOW_MS = 10_000
/** How fast times are put right: more than any crystal is wrong by (200 ppm), and not to be noticed. */
const SLEW_MAX = 500e-6
/** How fast where they are far off, and how far that is in milliseconds: half a percent is hardly heard. */
const FAST_SLEW_MAX = 5e-3
const FAR_OFF_MS = 100
/** Milliseconds that count at once: after a longer pause the correction goes on as if there had been none. */
const PAUSE_MS_MAX = 1_000

/**
 * Holds a source's times against the clock of who receives them: learns from arrivals by how much
 * to shift them, so that they neither run away from that clock nor stay behind it. The packet that
 * was delayed least counts; all delays in the network are one-sided.
 */
export class Timebase {
  /** Milliseconds to be added to the source's times. */
  shift: number
  #rate = 0
  #least = Number.POSITIVE_INFINITY
  #windowAt: number | undefined
  #movedAt = 0

  constructor(shift: number) {
    this.shift = shift
  }

  /** Something that the source dates `time` arrived at `now`, both in milliseconds. */
  observe(time: number, now: number): void {
    this.#least = Math.min(this.#least, now - time)
  }

  /** Moves the shift as far as it may by `now`. */
  advance(now: number): void {
    if (this.#windowAt === undefined) {
      this.#windowAt = now
      this.#movedAt = now
      return
    }
    this.shift += this.#rate * Math.min(now - this.#movedAt, PAUSE_MS_MAX)
    this.#movedAt = now
    if (now - this.#windowAt < WINDOW_MS) return
    this.#windowAt = now
    this.#rate = this.#rateFor(this.#least - this.shift)
    this.#least = Number.POSITIVE_INFINITY
  }

  #rateFor(error: number): number {
    if (!Number.isFinite(error)) return 0
    const max = Math.abs(error) > FAR_OFF_MS ? FAST_SLEW_MAX : SLEW_MAX
    return Math.max(-max, Math.min(max, error / WINDOW_MS))
  }
}
