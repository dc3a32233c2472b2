/** Further behind than this and playing faster would take too long: jump. */
const JUMP_BEHIND_S = 3
/** Whoever pauses the picture may look at it for this long; then it has to let go of what is buffered. */
const PAUSED_BEHIND_S = 30
/** Where a jump lands: close to the newest picture, with room for a late one. */
const JUMP_TARGET_S = 0.3
/** From here on it plays a little faster. */
const HURRY_BEHIND_S = 1
/** Until it is this close again. */
const CALM_BEHIND_S = 0.5
/** Nobody notices this in a picture; in a voice hardly. */
const HURRY_RATE = 1.1
/** What was played is kept this long… */
const KEEP_PLAYED_S = 10
/** …and dropped in pieces of at least this much, because dropping costs a pause. */
const DROP_S_MIN = 10

/** Where the player is, in seconds of the media's own time. */
export interface PlayPosition {
  readonly currentTime: number
  /** Of the newest stretch that is buffered. */
  readonly bufferedStart: number
  readonly bufferedEnd: number
  /** Of everything that is buffered. */
  readonly oldest: number
  readonly rate: number
  /** Somebody holds the picture. */
  readonly paused?: boolean
}

/** What to do to stay with what happens now. */
export interface EdgeCorrection {
  readonly seekTo?: number
  readonly rate: number
  /** Everything before this time can go. */
  readonly dropBefore?: number
}

/** Keeps a player near the newest picture: gently when it can, by a jump when it must. */
export function keepAtEdge(position: PlayPosition): EdgeCorrection {
  const { currentTime, bufferedStart, bufferedEnd, oldest, rate, paused = false } = position
  const behind = bufferedEnd - currentTime
  const outside = currentTime < bufferedStart || currentTime > bufferedEnd
  const jump = outside || behind > (paused ? PAUSED_BEHIND_S : JUMP_BEHIND_S)
  const seekTo = Math.max(bufferedStart, bufferedEnd - JUMP_TARGET_S)
  const at = jump ? seekTo : currentTime
  const dropBefore = at - KEEP_PLAYED_S
  return {
    ...(jump && { seekTo }),
    rate: jump ? 1 : rateFor(behind, rate),
    ...(dropBefore - oldest >= DROP_S_MIN && { dropBefore }),
  }
}

function rateFor(behind: number, rate: number): number {
  if (behind > HURRY_BEHIND_S) return HURRY_RATE
  return behind < CALM_BEHIND_S ? 1 : rate
}
