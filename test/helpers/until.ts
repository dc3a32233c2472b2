import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two looks. */
const LOOK_MS = 10

/** Waits for a fact, and says what was awaited when it does not come in time. */
export const until = async (what: string, isSo: () => boolean, deadlineMs = 10_000): Promise<void> => {
  const end = performance.now() + deadlineMs
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await delay(LOOK_MS)
  }
}
