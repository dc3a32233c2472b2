import type { Samples } from './samples.ts'

/** Zero crossings of the sinc on each side: 2 ms of waiting at 8 kHz, and speech up to 3 kHz is untouched. */
const CROSSINGS = 16
/** Where the filter has fallen to half, in the narrower band: it falls off around there. */
const PASSED = 0.92
/** Places between two samples at which the filter is known. All usual pairs of rates need fewer. */
const PHASES_MAX = 1024

/**
 * Changes the rate of one channel by a windowed sinc, which is the low-pass as well where the rate goes down. Its
 * place is kept as a fraction, so that however the samples are cut into pieces, the result is the same, and does not
 * drift. Each output sample stands where it does in the input: the delay is one of waiting, not of time stamps.
 */
export class Resampler {
  /** The rates without what they have in common. */
  readonly #from: number
  readonly #to: number
  readonly #filter: Filter
  /** Samples that later outputs need, with silence before the first. */
  #held: Samples
  /** Where the next output stands: a sample of `#held`, and a fraction of `#to` behind it. */
  #place: number
  #fraction = 0

  constructor(fromRate: number, toRate: number) {
    const divisor = commonDivisor(fromRate, toRate)
    this.#from = fromRate / divisor
    this.#to = toRate / divisor
    this.#filter = makeFilter(this.#from, this.#to)
    this.#place = this.#filter.reach - 1
    this.#held = new Float32Array(this.#place)
  }

  /** The samples that can be given after these. */
  push(samples: Samples): Samples {
    const { reach } = this.#filter
    const all = new Float32Array(this.#held.length + samples.length)
    all.set(this.#held)
    all.set(samples, this.#held.length)
    // Outputs stand before the sample `reach` from the end: those behind it are still to be heard.
    const end = all.length - reach
    const room = Math.max(0, Math.ceil(((end - this.#place) * this.#to - this.#fraction) / this.#from))
    const output = new Float32Array(room)
    for (let i = 0; i < room; i++) {
      output[i] = this.#at(all)
      this.#fraction += this.#from
      this.#place += Math.floor(this.#fraction / this.#to)
      this.#fraction %= this.#to
    }
    const start = this.#place - reach + 1
    this.#held = all.slice(Math.min(start, all.length))
    this.#place -= Math.min(start, all.length)
    return output
  }

  #at(samples: Samples): number {
    const { reach, phases, weights } = this.#filter
    const taps = 2 * reach
    const row = Math.floor((this.#fraction * phases) / this.#to) * taps
    const first = this.#place - reach + 1
    let sum = 0
    for (let tap = 0; tap < taps; tap++) sum += samples[first + tap]! * weights[row + tap]!
    return sum
  }
}

/** A filter by its weights: one row a phase, `reach` samples before its place and as many after. */
interface Filter {
  readonly reach: number
  readonly phases: number
  readonly weights: Float32Array
}

const makeFilter = (from: number, to: number): Filter => {
  // Of the input's rate; going down, all that the output's cannot hold is kept out.
  const band = PASSED * Math.min(1, to / from)
  const reach = Math.ceil(CROSSINGS / band)
  const phases = Math.min(to, PHASES_MAX)
  const weights = new Float32Array(phases * 2 * reach)
  for (let phase = 0; phase < phases; phase++) {
    const row = weights.subarray(phase * 2 * reach, (phase + 1) * 2 * reach)
    let sum = 0
    for (let tap = 0; tap < row.length; tap++) {
      const distance = tap - reach + 1 - phase / phases
      row[tap] = sinc(distance * band) * window(distance / reach)
      sum += row[tap]!
    }
    for (let tap = 0; tap < row.length; tap++) row[tap] = row[tap]! / sum
  }
  return { reach, phases, weights }
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** Blackman's window: 1 in the middle, 0 at −1 and 1. */
const window = (x: number): number =>
  Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x)

const commonDivisor = (one: number, other: number): number => (other === 0 ? one : commonDivisor(other, one % other))
