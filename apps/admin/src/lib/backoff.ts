const FIRST_MS = 500
const LAST_MS = 10_000

/** How long to wait before try number `attempt` (from 0): half a second, doubling, ten seconds at most. */
export const backoffMs = (attempt: number): number => Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LAST_MS)
