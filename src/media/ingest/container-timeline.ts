import type { Clock } from '../runtime/clock.ts'
import { type Ticks, ticks, ticksIn } from '../runtime/units.ts'

/** Seconds by which a container's time may jump ahead, or be behind the clock, and still be the same timeline. */
const JUMP_SECONDS_MAX = 10
/** Seconds by which it may go back. More, and the container has started over. */
const BACK_SECONDS_MAX = 1

/** Where one track's times are put. */
interface TrackPlace {
  readonly clockRate: number
  /** Engine's time minus container's time, in seconds; the tracks of a container share it but for moments. */
  offset: number | undefined
  /** Of the last unit, in the container's ticks and in the engine's. */
  containerTime: number
  time: number
}

/**
 * Puts the times of a container on the engine's timeline: what comes first is now, and all tracks
 * are moved by the same, so that they stay together. Where the container starts over, or has been
 * silent for long, what comes next is now again. Without times, everything is when it arrives.
 */
export class ContainerTimeline {
  readonly #clock: Clock
  readonly #tracks: TrackPlace[]
  /** The newest offset of any track: others that jump too take it over. */
  #offset: number | undefined

  /** One clock rate (Hz) for each track. */
  constructor(clock: Clock, clockRates: readonly number[]) {
    this.#clock = clock
    this.#tracks = clockRates.map(clockRate => ({
      clockRate,
      offset: undefined,
      containerTime: 0,
      time: Number.NEGATIVE_INFINITY,
    }))
  }

  /** The decoding time of a track's next unit. Rises strictly within a track. */
  place(index: number, containerTime: Ticks | undefined): Ticks {
    const track = this.#tracks[index]!
    const time = containerTime === undefined ? this.#arrival(track) : this.#carry(track, containerTime)
    track.time = Math.max(time, track.time + 1)
    return ticks(track.time)
  }

  #arrival({ clockRate }: TrackPlace): number {
    return ticksIn(this.#clock.now(), clockRate)
  }

  #carry(track: TrackPlace, containerTime: number): number {
    const { clockRate } = track
    if (track.offset === undefined || this.#jumps(track, containerTime))
      track.offset = this.#join(containerTime / clockRate, track.offset)
    track.containerTime = containerTime
    return containerTime + Math.round(track.offset * clockRate)
  }

  #jumps({ clockRate, containerTime: before, offset = 0 }: TrackPlace, containerTime: number): boolean {
    const ahead = (containerTime - before) / clockRate
    const behind = this.#clock.now() / 1000 - (containerTime / clockRate + offset)
    return ahead > JUMP_SECONDS_MAX || ahead < -BACK_SECONDS_MAX || behind > JUMP_SECONDS_MAX
  }

  /** The offset that another track has jumped to before, where it makes sense for this time; or a new one that begins now. */
  #join(seconds: number, before: number | undefined): number {
    const begin = Math.max(this.#clock.now() / 1000, this.#latest())
    const known = this.#offset
    if (known !== undefined && known !== before && Math.abs(seconds + known - begin) <= JUMP_SECONDS_MAX) return known
    this.#offset = begin - seconds
    return this.#offset
  }

  /** The latest time given to any track, in seconds. */
  #latest(): number {
    let latest = Number.NEGATIVE_INFINITY
    for (const { time, clockRate } of this.#tracks) latest = Math.max(latest, time / clockRate)
    return latest
  }
}
