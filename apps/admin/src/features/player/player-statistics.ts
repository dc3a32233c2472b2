/** What a player counted up to a moment. */
export interface Counters {
  /** Milliseconds, of any monotonic clock. */
  readonly atMs: number
  readonly bytes: number
  readonly frames: number
  readonly dropped: number
}

/** What people want to know of a player. */
export interface PlayerStatistics {
  readonly codecs: string
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  readonly bitsPerSecond: number
  /** Seconds from the picture shown to the newest one received. */
  readonly behindS: number
  readonly dropped: number
  /** Milliseconds from asking to the first picture. */
  readonly firstFrameMs: number | undefined
}

/** Rates between two moments; zero when no time passed or the counters began anew. */
export function ratesBetween(
  before: Counters,
  after: Counters,
): { readonly framesPerSecond: number; readonly bitsPerSecond: number } {
  const seconds = (after.atMs - before.atMs) / 1000
  if (seconds <= 0) return { framesPerSecond: 0, bitsPerSecond: 0 }
  return {
    framesPerSecond: Math.max(0, after.frames - before.frames) / seconds,
    bitsPerSecond: (Math.max(0, after.bytes - before.bytes) * 8) / seconds,
  }
}
