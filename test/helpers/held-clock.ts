import type { Clock } from '#media/runtime/clock.ts'
import { type Millis, millis } from '#media/runtime/units.ts'

interface Timer {
  due: number
  readonly period: number | undefined
  readonly run: () => void
}

/** Time that only moves when a test says so; timers that come due run in their order. */
export class HeldClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 1_000

  now(): Millis {
    return millis(this.#now)
  }

  wallTime(): Millis {
    return millis(1_700_000_000_000 + this.#now)
  }

  after(delay: Millis, run: () => void): Disposable {
    return this.#hold({ due: this.#now + delay, period: undefined, run })
  }

  every(period: Millis, run: () => void): Disposable {
    return this.#hold({ due: this.#now + period, period, run })
  }

  #hold(timer: Timer): Disposable {
    this.#timers.add(timer)
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) }
  }

  /** How many timers are waiting: what has ended must leave none. */
  get timerCount(): number {
    return this.#timers.size
  }

  /** Milliseconds until the next timer; `undefined` when there is none. */
  get nextTimerIn(): number | undefined {
    const due = Math.min(...Array.from(this.#timers, timer => timer.due))
    return Number.isFinite(due) ? due - this.#now : undefined
  }

  /** Time passes while nothing can run; timers that have come due run once, with the next `advance`. */
  stall(forMs: number): void {
    this.#now += forMs
    for (const timer of this.#timers) timer.due = Math.max(timer.due, this.#now)
  }

  /** Lets time pass, and everything that was awaited in between happen. */
  async advance(byMs: number): Promise<void> {
    await settled()
    const end = this.#now + byMs
    for (;;) {
      const next = [...this.#timers].filter(timer => timer.due <= end).sort((a, b) => a.due - b.due)[0]
      if (next === undefined) break
      this.#now = next.due
      if (next.period === undefined) this.#timers.delete(next)
      else next.due += next.period
      next.run()
      await settled()
    }
    this.#now = end
    await settled()
  }
}

/** Everything that was only waiting for promises has happened. */
export const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
