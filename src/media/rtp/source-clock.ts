import { type Millis, type Ticks, ticks } from '../runtime/units.ts'
import { wallTimeOf } from './ntp-time.ts'
import { ReportedClock } from './reported-clock.ts'
import type { TimePair } from './sender-report.ts'
import { Timebase } from './timebase.ts'
import { timestampDistance } from './timestamp.ts'

/** How fast a track follows where it should be: half a percent is hardly seen or heard. */
const FOLLOW_MAX = 5e-3
/** Milliseconds from its beginning in which a track may be put where it belongs at once: nobody has got used to it. */
const YOUNG_MS = 10_000
/** Milliseconds by which reports may move a track against another: what is more is not lip sync but nonsense. */
const SYNC_MS_MAX = 2_000
/** Milliseconds by which a source's clock is set when it is not only smoothed. */
const JUMP_MS_MIN = 500
/** Reports that must agree before a clock that has jumped is believed again. */
const AGREEMENTS_MIN = 3
/** Reports that do not agree after which a track is better off without them. */
const DISAGREEMENTS_MAX = 3
/** Seconds between a report's RTP time and that of the last packet: more, and it is not of this stream. */
const DISTANCE_SECONDS_MAX = 10

/**
 * Puts the tracks of one connection on one timeline: that of who receives them. Sender reports say
 * how the tracks belong together, arrivals how they belong to the present; both are followed slowly,
 * so that nothing is seen of it, and nothing drifts away in hours.
 */
export class SourceClock {
  readonly #members = new Set<TrackClock>()
  #shared = new Timebase(0)

  /** The clock of one more track of this connection. */
  track(clockRate: number): TrackClock {
    return new TrackClock(this, clockRate)
  }

  /** Takes a track into those that belong together, by its origin. Gives what it follows, unless that is nonsense. */
  join(track: TrackClock, now: number): Timebase | undefined {
    if (this.#members.size === 0) this.#shared = new Timebase(track.offset - track.origin)
    else {
      const late = track.origin + this.#shared.shift - track.offset
      if (Math.abs(late) > SYNC_MS_MAX) return undefined
      // Nothing goes back: of two tracks the one that is early is put later.
      if (late < 0 && [...this.#members].every(one => one.isYoung(now))) {
        this.#shared.shift -= late
        for (const one of this.#members) one.step(this.#shared)
      } else if (late > 0 && track.isYoung(now)) track.step(this.#shared)
    }
    this.#members.add(track)
    return this.#shared
  }

  /** A track is on its own again. */
  leave(track: TrackClock): void {
    this.#members.delete(track)
  }

  /** The source set its clock by so many milliseconds, as one track's reports say. */
  jumped(track: TrackClock, byMs: number): void {
    this.#shared.shift -= byMs
    for (const other of [...this.#members]) if (other !== track && !other.jumpsAlong(byMs)) other.goAlone()
  }
}

/** One track's RTP time on the receiver's timeline. */
export class TrackClock {
  readonly #source: SourceClock
  readonly #clockRate: number
  #anchored = false
  #anchoredAt = 0
  #timestamp = 0
  /** Ticks since it was anchored, and the furthest there has been. */
  #elapsed = 0
  #furthest = 0
  #timebase = new Timebase(0)
  #early: TimePair | undefined
  /** What its last reports say, and what it goes by: the same, while they agree. */
  #candidate: ReportedClock | undefined
  #followed: ReportedClock | undefined
  /** Where it began, for as long as it is on its own. */
  #alone = 0
  #disagreements = 0
  /** Milliseconds to add to the elapsed time now. */
  offset = 0

  constructor(source: SourceClock, clockRate: number) {
    this.#source = source
    this.#clockRate = clockRate
  }

  /** What to add to the elapsed time for the source's own, in milliseconds: reported wall time, or where the track began. */
  get origin(): number {
    return this.#followed?.originAt(this.#elapsedMs) ?? this.#alone
  }

  /** Begins at `time` with this RTP timestamp: nothing known before counts. */
  anchor(timestamp: number, time: Ticks, now: Millis): void {
    if (this.#followed !== undefined) this.goAlone()
    this.#anchored = true
    this.#anchoredAt = now
    this.#timestamp = timestamp
    this.#elapsed = 0
    this.#furthest = 0
    this.offset = this.#toMs(time)
    this.#candidate = undefined
    this.#disagreements = 0
    this.#beAlone()
    const early = this.#early
    this.#early = undefined
    if (early !== undefined) this.heard(early, now)
  }

  /** The time of the next timestamp, that many ticks after the last one: never less than the last for one that is not before it. */
  follow(timestamp: number, ahead: number, now: Millis): Ticks {
    this.#timestamp = timestamp
    this.#elapsed += ahead
    const progress = this.#toMs(this.#elapsed - this.#furthest)
    const timebase = this.#timebase
    timebase.advance(now)
    const { origin } = this
    timebase.observe(this.#elapsedMs + origin, now)
    if (progress > 0) {
      const away = origin + timebase.shift - this.offset
      this.offset += Math.max(-progress * FOLLOW_MAX, Math.min(progress * FOLLOW_MAX, away))
      this.#furthest = this.#elapsed
    }
    return ticks(Math.round(this.#elapsed + (this.offset * this.#clockRate) / 1000))
  }

  /** Takes in what a sender report says, if it can be believed. */
  heard(report: TimePair, now: Millis): void {
    // Cameras that do not know the time at all send zeros.
    if (report.ntpTime.seconds === 0) return
    if (!this.#anchored) {
      this.#early = report
      return
    }
    const distance = timestampDistance(this.#timestamp, report.rtpTimestamp)
    if (Math.abs(distance) > DISTANCE_SECONDS_MAX * this.#clockRate) return
    const elapsed = this.#toMs(this.#elapsed + distance)
    this.#weigh(wallTimeOf(report.ntpTime) - elapsed, elapsed, now)
  }

  /** Whether it may still be put elsewhere at once. */
  isYoung(now: number): boolean {
    return now - this.#anchoredAt < YOUNG_MS
  }

  /** Goes where it belongs at once. */
  step(timebase: Timebase): void {
    this.offset = Math.max(this.offset, this.origin + timebase.shift)
  }

  /** Whether its own last reports say of a jump of the source's clock what another track's say; then it goes along. */
  jumpsAlong(byMs: number): boolean {
    const candidate = this.#candidate
    if (candidate === undefined) return false
    if (Math.abs(candidate.originAt(this.#elapsedMs) - this.origin - byMs) > JUMP_MS_MIN) return false
    this.#followed = candidate
    this.#disagreements = 0
    return true
  }

  /** Goes on from where it is by its arrivals only. */
  goAlone(): void {
    this.#source.leave(this)
    this.#beAlone()
  }

  #beAlone(): void {
    this.#followed = undefined
    this.#alone = this.offset
    this.#timebase = new Timebase(0)
  }

  #weigh(origin: number, elapsed: number, now: number): void {
    const before = this.#candidate
    if (before?.add(origin, elapsed) !== true) {
      if (before !== undefined) this.#disagreements++
      this.#candidate = new ReportedClock(origin, elapsed, before?.drift)
    }
    const candidate = this.#candidate!
    const isMember = this.#followed !== undefined
    if (this.#disagreements > 0 && candidate.count < AGREEMENTS_MIN) {
      if (isMember && this.#disagreements >= DISAGREEMENTS_MAX) this.goAlone()
    } else if (isMember) this.#believe(candidate)
    else this.#join(candidate, now)
  }

  #believe(reported: ReportedClock): void {
    const jump = reported.originAt(this.#elapsedMs) - this.origin
    this.#followed = reported
    this.#disagreements = 0
    if (Math.abs(jump) > JUMP_MS_MIN) this.#source.jumped(this, jump)
  }

  #join(reported: ReportedClock, now: number): void {
    this.#followed = reported
    const shared = this.#source.join(this, now)
    if (shared === undefined) {
      this.#followed = undefined
      return
    }
    this.#disagreements = 0
    this.#timebase = shared
  }

  get #elapsedMs(): number {
    return this.#toMs(this.#elapsed)
  }

  #toMs(value: number): number {
    return (value * 1000) / this.#clockRate
  }
}
