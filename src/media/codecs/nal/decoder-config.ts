import { MalformedError } from '../../runtime/errors.ts'

/** What a decoder configuration record tells, of H.264 and H.265 alike (ISO/IEC 14496-15). */
export interface NalDecoderConfig {
  /** Views, in the record's order. */
  readonly parameterSets: readonly Buffer[]
  /** Bytes of the length before each NAL unit of a sample. */
  readonly lengthBytes: number
}

/** Reads NAL units behind 16-bit lengths; returns where they end. Throws `MalformedError`. */
export const readCountedNals = (record: Buffer, start: number, count: number, into: Buffer[]): number => {
  let at = start
  for (let left = count; left > 0; left--) {
    if (at + 2 > record.length) throw new MalformedError('parameter set beyond its record', at)
    const end = at + 2 + record.readUInt16BE(at)
    if (end > record.length) throw new MalformedError('parameter set beyond its record', at)
    if (end > at + 2) into.push(record.subarray(at + 2, end))
    at = end
  }
  return at
}
