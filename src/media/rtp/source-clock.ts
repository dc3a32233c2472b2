import { type Millis, type Ticks, ticks } from '../runtime/units.ts'
import { wallTimeOf } from './ntp-time.ts'
import type { TimePair } from './sender-report.ts'
import { Timebase } from './timebase.ts'
import { timestampDistance } from './timestamp.ts'

/** How fast a track follows where it should be: half a percent is hardly seen or heard. */
const FOLLOW_MAX = 5e-3
/** Milliseconds from its beginning in which a track may be put where it belongs at once: nobody has got used to it. */
const YOUNG_MS = 10_000
/** Milliseconds by which reports may move a track against another: what is more is not lip sync but nonsense. */
const SYNC_MS_MAX = 2_000
/** Milliseconds by which a report may differ from those before it and still be of the same clock. */
const AGREEMENT_MS_MAX = 500
/** Reports that must agree before a clock that has jumped is believed again. */
const AGREEMENTS_MIN = 3
/** Reports that do not agree after which a track is better off without them. */
const DISAGREEMENTS_MAX = 3
/** Reports that count together: more smooth better what cameras say inexactly, fewer follow a crystal better. */
const SMOOTHING_REPORTS = 4
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
  #isMember = false
  #early: TimePair | undefined
  #candidate: { origin: number; count: number } | undefined
  #disagreements = 0
  /** What to add to the elapsed time for the source's own, in milliseconds: reported wall time, or where the track began. */
  origin = 0
  /** Milliseconds to add to the elapsed time now. */
  offset = 0

  constructor(source: SourceClock, clockRate: number) {
    this.#source = source
    this.#clockRate = clockRate
  }

  /** Begins at `time` with this RTP timestamp: nothing known before counts. */
  anchor(timestamp: number, time: Ticks, now: Millis): void {
    if (this.#isMember) this.goAlone()
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
    timebase.observe(this.#toMs(this.#elapsed) + this.origin, now)
    if (progress > 0) {
      const away = this.origin + timebase.shift - this.offset
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
    this.#weigh(wallTimeOf(report.ntpTime) - this.#toMs(this.#elapsed + distance), now)
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
    const reported = this.#candidate?.origin ?? this.origin
    if (Math.abs(reported - this.origin - byMs) > AGREEMENT_MS_MAX) return false
    this.origin = reported
    this.#disagreements = 0
    return true
  }

  /** Goes on from where it is by its arrivals only. */
  goAlone(): void {
    this.#source.leave(this)
    this.#beAlone()
  }

  #beAlone(): void {
    this.#isMember = false
    this.origin = this.offset
    this.#timebase = new Timebase(0)
  }

  /** `origin`: wall time of the track's beginning, by one report. */
  #weigh(origin: number, now: number): void {
    const candidate = this.#candidate
    if (candidate !== undefined && Math.abs(origin - candidate.origin) <= AGREEMENT_MS_MAX) {
      candidate.count++
      candidate.origin += (origin - candidate.origin) / Math.min(candidate.count, SMOOTHING_REPORTS)
    } else {
      if (candidate !== undefined) this.#disagreements++
      this.#candidate = { origin, count: 1 }
    }
    const { count, origin: reported } = this.#candidate!
    if (this.#disagreements > 0 && count < AGREEMENTS_MIN) {
      if (this.#isMember && this.#disagreements >= DISAGREEMENTS_MAX) this.goAlone()
    } else if (this.#isMember) this.#follow(reported)
    else this.#join(reported, now)
  }

  #follow(reported: number): void {
    const jump = reported - this.origin
    this.origin = reported
    this.#disagreements = 0
    if (Math.abs(jump) > AGREEMENT_MS_MAX) this.#source.jumped(this, jump)
  }

  #join(reported: number, now: number): void {
    const alone = this.origin
    this.origin = reported
    const shared = this.#source.join(this, now)
    if (shared === undefined) {
      this.origin = alone
      return
    }
    this.#disagreements = 0
    this.#isMember = true
    this.#timebase = shared
  }

  #toMs(value: number): number {
    return (value * 1000) / this.#clockRate
  }
}
