import { type Millis, millis } from './units.ts'

/** Time and timers, so that tests can hold time still. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. */
  now(): Millis
  /** Milliseconds since 1970 UTC; may jump. */
  wallTime(): Millis
  /** Calls `run` once after `delay`. Dispose to cancel. Does not keep the process alive. */
  after(delay: Millis, run: () => void): Disposable
  /** Calls `run` each `period`. Dispose to stop. Does not keep the process alive. */
  every(period: Millis, run: () => void): Disposable
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => millis(performance.now()),
  wallTime: () => millis(Date.now()),
  after(delay, run) {
    const timer = setTimeout(run, delay).unref()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
  every(period, run) {
    const timer = setInterval(run, period).unref()
    return { [Symbol.dispose]: () => clearInterval(timer) }
  },
}
