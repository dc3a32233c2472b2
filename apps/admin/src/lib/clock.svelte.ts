import { createSubscriber } from 'svelte/reactivity'

/** How often relative times are drawn again. */
const TICK_MS = 1000

/** The time of day as state: whoever reads `now` while drawing is drawn again each second. */
export class Clock {
  readonly #listen = createSubscriber(update => {
    const timer = setInterval(update, TICK_MS)
    return () => clearInterval(timer)
  })

  /** Unix milliseconds. */
  get now(): number {
    this.#listen()
    return Date.now()
  }
}

/** The page's clock; it ticks only while something on screen reads it. */
export const clock = new Clock()
