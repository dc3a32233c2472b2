import { type Ticks, ticks } from '../../runtime/units.ts'
import type { PesTimes, TimeUnwrapper } from './pes-reader.ts'

/** MPEG-TS counts at 90 kHz. */
const PES_CLOCK_RATE = 90_000

/**
 * The times of audio frames in PES packets: the packet's own for the first frame that begins in it, and
 * those after follow by their lengths.
 */
export class SoundClock {
  readonly #unwrapper: TimeUnwrapper
  #time: number | undefined
  #next: PesTimes | undefined
  #afterwards = false

  constructor(unwrapper: TimeUnwrapper) {
    this.#unwrapper = unwrapper
  }

  /** A PES packet begins. `frameWaiting`: its first bytes are the end of a frame of before. */
  begin(times: PesTimes | undefined, frameWaiting: boolean): void {
    if (times === undefined) return
    this.#next = times
    this.#afterwards = frameWaiting
  }

  /** The time of the next frame, which lasts this many ticks of the codec's clock. `undefined` before any time came. */
  advance(durationTicks: number, clockRate: number): Ticks | undefined {
    if (!this.#afterwards) this.#take(clockRate)
    this.#afterwards = false
    const time = this.#time
    if (time === undefined) return undefined
    this.#time = time + durationTicks
    return ticks(time)
  }

  #take(clockRate: number): void {
    if (this.#next === undefined) return
    const time = this.#unwrapper.unwrap(this.#next.presentation)
    this.#next = undefined
    this.#time = Math.round((time * clockRate) / PES_CLOCK_RATE)
  }
}
