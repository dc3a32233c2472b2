/** Seconds by which a unit's time may differ from what the samples before it say. More, and something is missing. */
const DEVIATION_SECONDS_MAX = 0.1

/** Tells whether units of samples follow each other: cameras' time stamps tremble, and their samples do not. */
export class SampleLine {
  readonly #deviationMax: number
  #next: number | undefined

  constructor(rate: number) {
    this.#deviationMax = DEVIATION_SECONDS_MAX * rate
  }

  /** Takes a unit's time and the ticks it lasts. Whether it goes on from the one before; otherwise a new line begins with it. */
  follow(time: number, duration: number): boolean {
    const follows = this.#next !== undefined && Math.abs(time - this.#next) <= this.#deviationMax
    this.#next = (follows ? this.#next! : time) + duration
    return follows
  }
}
