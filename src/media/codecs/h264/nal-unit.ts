import type { NalRole } from '../nal/nal-syntax.ts'

/** NAL unit types that we name (ITU-T H.264 table 7-1) and packet types (RFC 6184 table 1). */
export const nalType = {
  sliceOfIdr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  stapA: 24,
  stapB: 25,
  fuA: 28,
  fuB: 29,
} as const

/** The type of a NAL unit, from its first byte. */
export const h264NalType = (firstByte: number): number => firstByte & 0x1f

const roles: Readonly<Record<number, NalRole>> = {
  1: 'picture',
  2: 'picture',
  3: 'picture',
  4: 'picture',
  [nalType.sliceOfIdr]: 'keyframe',
  [nalType.sei]: 'attached',
  [nalType.sps]: 'parameter-set',
  [nalType.pps]: 'parameter-set',
}

/** What a NAL unit is to us, from its first byte. Types nobody needs or knows are dropped. */
export const h264NalRole = (firstByte: number): NalRole => roles[firstByte & 0x1f] ?? 'dropped'

/** NAL units that come before the picture of their access unit (ITU-T H.264 §7.4.1.2.3). */
const leading: ReadonlySet<number> = new Set([nalType.sei, nalType.sps, nalType.pps, nalType.delimiter, 15, 16, 17, 18])

/** Whether a NAL unit that follows a picture begins the next access unit. Not prefix units (14): each slice may have one. */
export const h264StartsUnit = (firstByte: number): boolean => leading.has(firstByte & 0x1f)
