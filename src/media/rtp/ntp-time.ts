import { type Millis, millis } from '../runtime/units.ts'

/** Wall time as RTCP has it: seconds since 1900, modulo 2^32, and their 2^32nd parts (RFC 3550 §4). */
export interface NtpTime {
  readonly seconds: number
  readonly fraction: number
}

/** Seconds from 1900 to 1970. */
const UNIX_EPOCH_SECONDS = 2_208_988_800
/** Seconds after which NTP begins again, first in 2036. */
const ERA_SECONDS = 2 ** 32
/** Seconds of 2020: no camera that knows the time is older. What is less is of the era that begins in 2036. */
const EARLIEST_SECONDS = 3_786_825_600

/** Unix milliseconds as NTP writes them. */
export const ntpTimeOf = (wallTime: Millis): NtpTime => {
  const seconds = Math.floor(wallTime / 1000)
  const fraction = Math.floor(((wallTime - seconds * 1000) / 1000) * ERA_SECONDS)
  return { seconds: (seconds + UNIX_EPOCH_SECONDS) % ERA_SECONDS, fraction }
}

/**
 * NTP as Unix milliseconds, of the era that contains the present. Cameras that do not know the
 * time count from 1900 or 1970: then the result is far from the present, and differences still count.
 */
export const wallTimeOf = ({ seconds, fraction }: NtpTime): Millis => {
  const era = seconds < EARLIEST_SECONDS - ERA_SECONDS / 2 ? ERA_SECONDS : 0
  return millis((seconds + era - UNIX_EPOCH_SECONDS) * 1000 + (fraction / ERA_SECONDS) * 1000)
}

/** The middle 32 of its 64 bits, by which a report block names the sender report it answers (RFC 3550 §6.4.1). */
export const middleOf = ({ seconds, fraction }: NtpTime): number =>
  (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0
