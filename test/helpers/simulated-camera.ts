import { ntpTimeOf } from '#media/rtp/ntp-time.ts'
import { SourceClock, type TrackClock } from '#media/rtp/source-clock.ts'
import { timestampDistance } from '#media/rtp/timestamp.ts'
import { millis, ticks } from '#media/runtime/units.ts'

/** What one simulated track is like. */
export interface SimulatedTrack {
  readonly clockRate: number
  /** Milliseconds between two of its instants. */
  readonly periodMs: number
  /** By how much the camera's clock runs too fast, in millionths. */
  readonly ppm: number
  /** Milliseconds an instant is on its way, whatever the network does: encoding. */
  readonly delayMs: number
  /** Milliseconds by which its n-th packet is late on top of that. */
  readonly jitter: (index: number) => number
  /** What its n-th sender report says of the wall time, which is that; nothing at all when it gives none. */
  readonly report: (wallTime: number, index: number) => number | undefined
}

/** One instant as it came: when it really was, and when we say it was. */
export interface SimulatedInstant {
  readonly track: number
  readonly realMs: number
  readonly arrivedMs: number
  readonly timeMs: number
}

/** Milliseconds between two sender reports. */
const REPORT_MS = 5_000
const WALL_TIME = 1_700_000_000_000

/** Plays a camera for so many milliseconds; its real time is the receiver's, plus delays. */
export function* simulate(tracks: readonly SimulatedTrack[], lastsMs: number): Generator<SimulatedInstant> {
  const clock = new SourceClock()
  const states = tracks.map((track, number) => new TrackState(track, number, clock.track(track.clockRate)))
  for (;;) {
    const next = states.reduce((one, other) => (other.arrivesAt < one.arrivesAt ? other : one))
    if (next.realMs > lastsMs) return
    yield next.arrive()
  }
}

class TrackState {
  readonly #track: SimulatedTrack
  readonly #number: number
  readonly #clock: TrackClock
  #index = 0
  #timestamp = 0
  #reports = 0
  #lastArrival = 0

  constructor(track: SimulatedTrack, number: number, clock: TrackClock) {
    this.#track = track
    this.#number = number
    this.#clock = clock
  }

  get realMs(): number {
    return this.#index * this.#track.periodMs
  }

  /** A network keeps the order. */
  get arrivesAt(): number {
    const { delayMs, jitter } = this.#track
    return Math.max(this.#lastArrival, this.realMs + delayMs + jitter(this.#index))
  }

  arrive(): SimulatedInstant {
    const { realMs, arrivesAt: arrivedMs } = this
    const timestamp = this.#timestampAt(realMs)
    const time = this.#place(timestamp, arrivedMs)
    this.#lastArrival = arrivedMs
    this.#index++
    if (arrivedMs >= this.#reports * REPORT_MS) this.#report(realMs, arrivedMs)
    return { track: this.#number, realMs, arrivedMs, timeMs: (time * 1000) / this.#track.clockRate }
  }

  #place(timestamp: number, now: number): number {
    if (this.#index === 0) {
      const time = ticks(Math.round((now * this.#track.clockRate) / 1000))
      this.#clock.anchor(timestamp, time, millis(now))
      this.#timestamp = timestamp
      return time
    }
    const ahead = timestampDistance(this.#timestamp, timestamp)
    this.#timestamp = timestamp
    return this.#clock.follow(timestamp, ahead, millis(now))
  }

  /** The camera's own time runs on from a beginning near the end of the circle. */
  #timestampAt(realMs: number): number {
    const { clockRate, ppm } = this.#track
    return (0xffff_0000 + Math.round((realMs * (1 + ppm / 1e6) * clockRate) / 1000)) % 2 ** 32
  }

  #report(realMs: number, now: number): void {
    const said = this.#track.report(WALL_TIME + realMs, this.#reports++)
    if (said === undefined) return
    this.#clock.heard({ ntpTime: ntpTimeOf(millis(said)), rtpTimestamp: this.#timestampAt(realMs) }, millis(now))
  }
}
