import { MalformedError } from '../../runtime/errors.ts'

/** NAL units of a length-prefixed sample (ISO/IEC 14496-15 §4.3.2), as views. Throws `MalformedError` when lengths do not fit. */
export const splitLengthPrefixed = (sample: Buffer, lengthBytes = 4): readonly Buffer[] => {
  const nals: Buffer[] = []
  for (let at = 0; at < sample.length; ) {
    if (at + lengthBytes > sample.length) throw new MalformedError('NAL unit length cut short', at)
    const start = at + lengthBytes
    const end = start + sample.readUIntBE(at, lengthBytes)
    if (end > sample.length) throw new MalformedError('NAL unit beyond its sample', at)
    if (end > start) nals.push(sample.subarray(start, end))
    at = end
  }
  return nals
}
