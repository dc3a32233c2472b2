import type { NalRole } from '../nal/nal-syntax.ts'

/** NAL unit types that we name (ITU-T H.265 table 7-1) and packet types (RFC 7798 §4.4). */
export const nalType = {
  firstIrap: 16,
  lastIrap: 23,
  vps: 32,
  sps: 33,
  pps: 34,
  delimiter: 35,
  prefixSei: 39,
  suffixSei: 40,
  aggregation: 48,
  fragmentation: 49,
} as const

/** The type of a NAL unit, from its first byte. */
export const h265NalType = (firstByte: number): number => (firstByte >> 1) & 0x3f

/** What a NAL unit is to us, from its first byte. Types nobody needs or knows are dropped. */
export const h265NalRole = (firstByte: number): NalRole => {
  const type = h265NalType(firstByte)
  if (type < nalType.firstIrap) return 'picture'
  if (type <= nalType.lastIrap) return 'keyframe'
  if (type >= nalType.vps && type <= nalType.pps) return 'parameter-set'
  return type === nalType.prefixSei || type === nalType.suffixSei ? 'attached' : 'dropped'
}

/** Whether a NAL unit that follows a picture begins the next access unit (ITU-T H.265 §7.4.2.4.4). */
export const h265StartsUnit = (firstByte: number): boolean => {
  const type = h265NalType(firstByte)
  if (type >= nalType.vps && type <= nalType.delimiter) return true
  return type === nalType.prefixSei || (type >= 41 && type <= 44) || (type >= 48 && type <= 55)
}
