import { MalformedError } from '../../runtime/errors.ts'
import { readLeb128 } from './leb128.ts'

/** Bits of the aggregation header, RTP payload format for AV1 §4.4. */
const CONTINUES = 0x80
const CONTINUED = 0x40
const STARTS_SEQUENCE = 0x08

/** Elements of one payload: a packet of real streams holds a few. */
const ELEMENTS_MAX = 256

/** What a payload holds: whole units, or pieces of them. */
export interface Aggregation {
  /** The first element goes on with the last one of the payload before. */
  readonly continues: boolean
  /** The last element goes on in the next payload. */
  readonly continued: boolean
  /** The payload begins a coded video sequence: a keyframe with its sequence header. */
  readonly startsSequence: boolean
  /** In order; at least one. */
  readonly elements: readonly Buffer[]
}

/** Takes a payload apart. Throws `MalformedError`. */
export const readAggregation = (payload: Buffer): Aggregation => {
  const first = payload[0] ?? 0
  const count = (first >> 4) & 3
  const elements: Buffer[] = []
  for (let at = 1; at < payload.length; ) {
    if (elements.length >= ELEMENTS_MAX) throw new MalformedError('AV1 payload of too many elements', at)
    // The last of a known number has no length before it.
    const last = elements.length === count - 1
    const sized = last ? { value: payload.length - at, end: at } : readLeb128(payload, at)
    const end = sized.end + sized.value
    if (end > payload.length) throw new MalformedError('AV1 element beyond its payload', at)
    elements.push(payload.subarray(sized.end, end))
    at = end
    if (last) break
  }
  if (elements.length === 0 || elements.length < count) throw new MalformedError('AV1 payload without its elements')
  return {
    continues: (first & CONTINUES) !== 0,
    continued: (first & CONTINUED) !== 0,
    startsSequence: (first & STARTS_SEQUENCE) !== 0,
    elements,
  }
}

/** The header of a payload all of whose elements have their length before them. */
export const formatAggregationHeader = (header: Omit<Aggregation, 'elements'>): Buffer =>
  Buffer.of(
    (header.continues ? CONTINUES : 0) |
      (header.continued ? CONTINUED : 0) |
      (header.startsSequence ? STARTS_SEQUENCE : 0),
  )
