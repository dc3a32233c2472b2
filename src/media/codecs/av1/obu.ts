import { MalformedError } from '../../runtime/errors.ts'
import { formatLeb128, readLeb128 } from './leb128.ts'

/** Kinds of open bitstream units, AV1 specification §6.2.2. */
export const obuType = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  tileGroup: 4,
  metadata: 5,
  frame: 6,
  redundantFrameHeader: 7,
  tileList: 8,
  padding: 15,
} as const

/** Bits of the header: AV1 specification §5.3.2. */
const FORBIDDEN = 0x80
const EXTENSION = 0x04
const HAS_SIZE = 0x02

/** One open bitstream unit, as views. */
export interface Obu {
  readonly type: number
  /** One byte or two, as they were. */
  readonly header: Buffer
  readonly payload: Buffer
}

/** The kind of a unit, by its first byte. */
export const obuTypeOf = (first: number): number => (first >> 3) & 0x0f

/** Whether it is of no use in RTP and MP4: RTP payload format for AV1 §5, AV1 in ISOBMFF §2.5. */
export const isSuperfluous = (type: number): boolean =>
  type === obuType.temporalDelimiter || type === obuType.tileList || type === obuType.padding

/** Reads one unit, which ends where it says, or else with the bytes. Throws `MalformedError`. */
export const readObu = (bytes: Buffer, start = 0): { readonly obu: Obu; readonly end: number } => {
  const first = bytes[start]
  if (first === undefined || (first & FORBIDDEN) !== 0) throw new MalformedError('AV1 OBU without a header', start)
  const afterHeader = start + ((first & EXTENSION) === 0 ? 1 : 2)
  if (afterHeader > bytes.length) throw new MalformedError('AV1 OBU header cut short', start)
  const sized = (first & HAS_SIZE) === 0 ? undefined : readLeb128(bytes, afterHeader)
  const from = sized?.end ?? afterHeader
  const end = sized === undefined ? bytes.length : from + sized.value
  if (end > bytes.length) throw new MalformedError('AV1 OBU beyond its bytes', start)
  const header = bytes.subarray(start, afterHeader)
  return { obu: { type: obuTypeOf(first), header, payload: bytes.subarray(from, end) }, end }
}

/** All units of a temporal unit in the low-overhead format (AV1 specification §5.2). Throws `MalformedError`. */
export const splitObus = (bytes: Buffer): readonly Obu[] => {
  const obus: Obu[] = []
  for (let at = 0; at < bytes.length; ) {
    const { obu, end } = readObu(bytes, at)
    obus.push(obu)
    at = end
  }
  return obus
}

/** What precedes the payload of a unit that says its size. */
export const sizedHeader = ({ header, payload }: Obu): Buffer =>
  Buffer.concat([Buffer.of(header[0]! | HAS_SIZE), header.subarray(1), formatLeb128(payload.length)])

/** What precedes the payload of a unit whose size is said elsewhere. */
export const bareHeader = ({ header }: Obu): Buffer =>
  Buffer.concat([Buffer.of(header[0]! & ~HAS_SIZE), header.subarray(1)])

/** Whether units begin with what a decoder can start with: a sequence header, and a keyframe that is shown. */
export const isAv1Keyframe = (obus: readonly Obu[]): boolean => {
  const sequence = obus.find(({ type }) => type === obuType.sequenceHeader)
  const frame = obus.find(({ type }) => type === obuType.frame || type === obuType.frameHeader)
  if (sequence === undefined || frame === undefined) return false
  // reduced_still_picture_header: there is nothing but keyframes, and frames do not say so.
  const still = ((sequence.payload[0] ?? 0) & 0x08) !== 0
  // show_existing_frame 1 bit, frame_type 2 bits: 0 is a keyframe.
  return still || (frame.payload[0] ?? 0xff) >> 5 === 0
}
