import type { Clock } from '../runtime/clock.ts'
import type { Millis } from '../runtime/units.ts'
import { middleOf } from './ntp-time.ts'
import type { ReportBlock, SenderReport } from './rtcp-packet.ts'
import { sequenceAfter, sequenceDistance } from './sequence-number.ts'
import { timestampDistance } from './timestamp.ts'

/** Packets that may be missing, or come late, before the sender counts as started over: RFC 3550 §A.1. */
const DROPOUT_PACKETS_MAX = 3000
const LATE_PACKETS_MAX = 100
/** The share of each new difference in the jitter: RFC 3550 §A.8. */
const JITTER_GAIN = 1 / 16
/** Ticks by which one packet may count for the jitter: after a jump of the sender's clock there is no jitter to speak of. */
const TRANSIT_SECONDS_MAX = 10
/** Sequence numbers until they begin again. */
const CYCLE = 2 ** 16
/** Units of `ReportBlock.delaySinceLastSenderReport` in a millisecond. */
const SHORT_MILLISECOND = 65.536

/** What one receiver knows of one sender's packets, as its reports tell (RFC 3550 §A.1, §A.3, §A.8). */
export class Reception {
  readonly #clockRate: number
  readonly #clock: Clock
  #ssrc = -1
  #baseSequence = 0
  #cycles = 0
  #highest = 0
  /** Two of these in a row, and the sender has started over. */
  #straySequence = -1
  #received = 0
  #expectedBefore = 0
  #receivedBefore = 0
  #transit: number | undefined
  #jitter = 0
  #lastReport = 0
  #lastReportAt: Millis | undefined
  #lostOfOthers = 0

  constructor(clockRate: number, clock: Clock) {
    this.#clockRate = clockRate
    this.#clock = clock
  }

  /** Whether there is anything to report. */
  get begun(): boolean {
    return this.#received > 0
  }

  /** Packets that did not come since the beginning, over all senders there were; those that came late do not count. */
  get lostCount(): number {
    return this.#lostOfOthers + Math.max(0, this.#expected - this.#received)
  }

  /** Of arrival times, in milliseconds. */
  get jitterMs(): number {
    return (this.#jitter * 1000) / this.#clockRate
  }

  /** Counts a packet that came now. */
  take(ssrc: number, sequenceNumber: number, timestamp: number): void {
    if (ssrc !== this.#ssrc) this.#begin(ssrc, sequenceNumber)
    else if (!this.#follow(sequenceNumber)) return
    this.#received++
    this.#measure(timestamp)
  }

  /** Remembers a sender's report that came now: reports name the last one. */
  heard(report: SenderReport): void {
    this.#lastReport = middleOf(report.ntpTime)
    this.#lastReportAt = this.#clock.now()
  }

  /** What there is to report now; the next report's losses count from here. */
  report(): ReportBlock {
    const expected = this.#expected - this.#expectedBefore
    const lost = expected - (this.#received - this.#receivedBefore)
    this.#expectedBefore = this.#expected
    this.#receivedBefore = this.#received
    const delayMs = this.#lastReportAt === undefined ? 0 : this.#clock.now() - this.#lastReportAt
    return {
      ssrc: this.#ssrc,
      fractionLost: expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected)),
      lostCount: this.#expected - this.#received,
      highestSequence: (this.#cycles + this.#highest) % 2 ** 32,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: this.#lastReport,
      delaySinceLastSenderReport: Math.min(2 ** 32 - 1, Math.round(delayMs * SHORT_MILLISECOND)),
    }
  }

  get #expected(): number {
    return this.#received === 0 ? 0 : this.#cycles + this.#highest - this.#baseSequence + 1
  }

  #begin(ssrc: number, sequenceNumber: number): void {
    this.#lostOfOthers = this.lostCount
    this.#ssrc = ssrc
    this.#baseSequence = sequenceNumber
    this.#highest = sequenceNumber
    this.#cycles = 0
    this.#straySequence = -1
    this.#received = 0
    this.#expectedBefore = 0
    this.#receivedBefore = 0
    this.#transit = undefined
    this.#jitter = 0
  }

  /** Whether the packet counts: a single one far off does not. */
  #follow(sequenceNumber: number): boolean {
    const ahead = sequenceDistance(this.#highest, sequenceNumber)
    if (ahead > DROPOUT_PACKETS_MAX || ahead < -LATE_PACKETS_MAX) {
      if (sequenceNumber !== this.#straySequence) {
        this.#straySequence = sequenceAfter(sequenceNumber)
        return false
      }
      this.#begin(this.#ssrc, sequenceNumber)
      return true
    }
    if (ahead <= 0) return true
    if (sequenceNumber < this.#highest) this.#cycles += CYCLE
    this.#highest = sequenceNumber
    return true
  }

  #measure(timestamp: number): void {
    const arrival = Math.floor((this.#clock.now() * this.#clockRate) / 1000)
    const transit = timestampDistance(timestamp, arrival)
    if (this.#transit !== undefined) {
      const difference = Math.abs(timestampDistance(this.#transit, transit))
      if (difference < TRANSIT_SECONDS_MAX * this.#clockRate) this.#jitter += (difference - this.#jitter) * JITTER_GAIN
    }
    this.#transit = transit
  }
}
