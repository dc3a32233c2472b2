/** Milliseconds by which a report may differ from what those before it led to expect, and still be of the same clock. */
const AGREEMENT_MS_MAX = 500
/** Reports that count together: more smooth better what cameras say inexactly, fewer follow faster. */
const SMOOTHING_REPORTS = 4
/** The share of what a report is off by that is taken for the crystals' difference: learned in minutes, kept for hours. */
const DRIFT_SHARE = 1 / 64
/** No two crystals differ by more. */
const DRIFT_MAX = 500e-6
/** Milliseconds between two reports from which something can be learned of the crystals. */
const LEARNING_MS_MIN = 1_000

/**
 * One track's wall time as its sender reports tell: how much to add to the time since the track
 * began, and how fast that changes, since a camera's crystals for sound and for its clock differ.
 */
export class ReportedClock {
  #origin: number
  #at: number
  /** Milliseconds a millisecond. */
  drift: number
  /** Reports that agree with each other. */
  count = 1

  /** From one report: `origin` is its wall time without the `elapsed` time of the track, all in milliseconds. */
  constructor(origin: number, elapsed: number, drift = 0) {
    this.#origin = origin
    this.#at = elapsed
    this.drift = drift
  }

  /** What to add to the elapsed time, then. */
  originAt(elapsed: number): number {
    return this.#origin + this.drift * (elapsed - this.#at)
  }

  /** Takes in another report; `false` when it is of another clock. */
  add(origin: number, elapsed: number): boolean {
    const expected = this.originAt(elapsed)
    const off = origin - expected
    if (Math.abs(off) > AGREEMENT_MS_MAX) return false
    this.count++
    this.#origin = expected + off / Math.min(this.count, SMOOTHING_REPORTS)
    const since = elapsed - this.#at
    this.#at = elapsed
    if (since < LEARNING_MS_MIN) return true
    const drift = this.drift + (off / since) * DRIFT_SHARE
    this.drift = Math.max(-DRIFT_MAX, Math.min(DRIFT_MAX, drift))
    return true
  }
}
