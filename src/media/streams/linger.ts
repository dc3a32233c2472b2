import type { Clock } from '../runtime/clock.ts'
import { millis } from '../runtime/units.ts'

/** Lets things go some time after nobody uses them any more, unless somebody does again. */
export class Linger<Thing> implements Disposable {
  readonly #clock: Clock
  readonly #lingerMs: number
  readonly #release: (thing: Thing) => void
  readonly #waiting = new Map<Thing, Disposable>()

  /** `lingerMs` 0 releases at once. */
  constructor(clock: Clock, lingerMs: number, release: (thing: Thing) => void) {
    this.#clock = clock
    this.#lingerMs = lingerMs
    this.#release = release
  }

  /** Whether a thing is used now: begins its time, or ends it. */
  see(thing: Thing, used: boolean): void {
    if (used) this.forget(thing)
    else if (this.#lingerMs <= 0) this.#release(thing)
    else if (!this.#waiting.has(thing)) this.#begin(thing)
  }

  /** A thing is not to be released any more. */
  forget(thing: Thing): void {
    this.#waiting.get(thing)?.[Symbol.dispose]()
    this.#waiting.delete(thing)
  }

  #begin(thing: Thing): void {
    const timer = this.#clock.after(millis(this.#lingerMs), () => {
      this.#waiting.delete(thing)
      this.#release(thing)
    })
    this.#waiting.set(thing, timer)
  }

  [Symbol.dispose](): void {
    for (const timer of this.#waiting.values()) timer[Symbol.dispose]()
    this.#waiting.clear()
  }
}
