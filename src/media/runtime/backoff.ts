import { type Millis, millis } from './units.ts'

/** go2rtc's schedule: at once, then 1 s five times, 5 s five times, 10 s ten times, then 60 s for ever. */
const steps = [
  { attempts: 1, delayMs: 0 },
  { attempts: 5, delayMs: 1_000 },
  { attempts: 5, delayMs: 5_000 },
  { attempts: 10, delayMs: 10_000 },
] as const
const LAST_DELAY_MS = 60_000

/** How long to wait before the reconnect of this number, counted from 0. */
export const reconnectDelay = (attempt: number): Millis => {
  let seen = 0
  for (const step of steps) {
    seen += step.attempts
    if (attempt < seen) return millis(step.delayMs)
  }
  return millis(LAST_DELAY_MS)
}
