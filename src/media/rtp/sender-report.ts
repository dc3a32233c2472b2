import { type Millis, millis } from '../runtime/units.ts'
import { middleOf, ntpTimeOf, wallTimeOf } from './ntp-time.ts'
import { formatRtcp, type ReportBlock, type SenderReport } from './rtcp-packet.ts'
import { timestampDistance } from './timestamp.ts'

/** One moment told in both times: what a sender report ties together. */
export type TimePair = Pick<SenderReport, 'ntpTime' | 'rtpTimestamp'>

/** Units of `ReportBlock.delaySinceLastSenderReport` in a second. */
const SHORT_SECOND = 65_536

/** Wall time of an RTP timestamp, by the clock of who sent the report: good for 6 h around it at 90 000 Hz. */
export const wallTimeAt = (pair: TimePair, clockRate: number, rtpTimestamp: number): Millis =>
  millis(wallTimeOf(pair.ntpTime) + (timestampDistance(pair.rtpTimestamp, rtpTimestamp) * 1000) / clockRate)

/** RTP timestamp of a wall time, as `wallTimeAt` the other way round. */
export const rtpTimestampAt = (pair: TimePair, clockRate: number, wallTime: Millis): number => {
  const ahead = Math.round(((wallTime - wallTimeOf(pair.ntpTime)) * clockRate) / 1000)
  return (((pair.rtpTimestamp + ahead) % 2 ** 32) + 2 ** 32) % 2 ** 32
}

/** What a sender reports of itself. */
export interface SenderState {
  readonly ssrc: number
  /** Now, as Unix milliseconds. */
  readonly wallTime: Millis
  /** Of now, whether or not a packet has it (RFC 3550 §6.4.1). */
  readonly rtpTimestamp: number
  readonly packetCount: number
  /** Payload bytes, without headers. */
  readonly octetCount: number
  /** Names the sender across its tracks, so that receivers know which belong together. */
  readonly canonicalName: string
}

/** The compound packet a sender owes its receivers every few seconds: its report and its name (RFC 3550 §6.1). */
export const formatSenderReport = (state: SenderState): Buffer => {
  const { ssrc, rtpTimestamp, packetCount, octetCount, canonicalName } = state
  const ntpTime = ntpTimeOf(state.wallTime)
  return formatRtcp([
    { type: 'SR', ssrc, ntpTime, rtpTimestamp, packetCount, octetCount, reports: [] },
    { type: 'SDES', sources: [{ ssrc, canonicalName }] },
  ])
}

/**
 * Milliseconds to a receiver and back, as its report tells, which came at `wallTime` (RFC 3550
 * §6.4.1); `undefined` when it has seen no report of ours.
 */
export const roundTripOf = (report: ReportBlock, wallTime: Millis): Millis | undefined => {
  if (report.lastSenderReport === 0) return undefined
  const elapsed = (middleOf(ntpTimeOf(wallTime)) - report.lastSenderReport - report.delaySinceLastSenderReport) | 0
  return millis((Math.max(0, elapsed) * 1000) / SHORT_SECOND)
}
