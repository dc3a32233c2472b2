import type { Producer } from '../core/producer.ts'
import type { AnyTrack } from '../core/track.ts'
import type { Clock } from '../runtime/clock.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import { millis } from '../runtime/units.ts'
import type { SourceNote } from './scheme.ts'

/** Milliseconds between two looks. */
const LOOK_MS = 5_000
/** Milliseconds a picture may stand still while the rest of the connection goes on. */
const SILENCE_MS_MAX = 20_000
/** Milliseconds of pictures without a first keyframe: twice the longest interval that cameras are usually set to. */
const FIRST_KEYFRAME_MS_MAX = 30_000
/** Milliseconds between two keyframes: encoders that save bits stretch them to a minute. */
const KEYFRAME_MS_MAX = 90_000

/** What the watch works with. */
export interface TrackWatchOptions {
  readonly clock: Clock
  readonly note: (note: SourceNote) => void
}

/**
 * Ends a connection that looks alive and shows nothing: its picture stands still while the rest goes
 * on, or no keyframe comes that a viewer could begin with. Asking again helps with both. Watches
 * until the producer ends.
 */
export const watchTracks = (producer: Producer, { clock, note }: TrackWatchOptions): void => {
  const watches = producer.medias.flatMap(media => {
    const track = media.direction === 'recvonly' && media.kind === 'video' ? producer.track(media) : undefined
    return track === undefined ? [] : [new TrackWatch(track, clock.now())]
  })
  if (watches.length === 0) return
  const timer = clock.every(millis(LOOK_MS), () => {
    for (const watch of watches) {
      const problem = watch.look(clock.now(), producer.info.bytesReceived)
      if (problem === undefined) continue
      note(problem)
      producer.close(problem)
      return
    }
  })
  void producer.closed.then(() => timer[Symbol.dispose]())
}

/** One track of pictures, looked at every few seconds. */
class TrackWatch {
  readonly #track: AnyTrack
  #units = 0
  #bytes = 0
  /** When the track moved last, and since when it shows pictures without a keyframe. */
  #movedAt: number
  #pictureSince: number | undefined

  constructor(track: AnyTrack, now: number) {
    this.#track = track
    this.#movedAt = now
  }

  /** What is wrong with it; `undefined`: nothing. */
  look(now: number, connectionBytes: number): CloseReason | undefined {
    const { unitCount, lastKeyframeAt } = this.#track
    const moved = unitCount !== this.#units
    const connectionMoved = connectionBytes !== this.#bytes
    this.#units = unitCount
    this.#bytes = connectionBytes
    // Before anybody has asked for media, and while the whole connection is silent, others watch.
    if (moved || unitCount === 0 || !connectionMoved) this.#movedAt = now
    if (moved) this.#pictureSince ??= now
    if (now - this.#movedAt >= SILENCE_MS_MAX)
      return {
        code: 'picture_stopped',
        message: `no picture for ${SILENCE_MS_MAX / 1000} s, although the rest goes on`,
      }
    if (this.#pictureSince === undefined || !moved) return undefined
    const limit = lastKeyframeAt > 0 ? KEYFRAME_MS_MAX : FIRST_KEYFRAME_MS_MAX
    if (now - Math.max(this.#pictureSince, lastKeyframeAt) < limit) return undefined
    return { code: 'no_keyframe', message: `no keyframe for ${limit / 1000} s: nobody can begin to watch` }
  }
}
