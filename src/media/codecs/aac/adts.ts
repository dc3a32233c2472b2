/** The header without its checksum, ISO/IEC 14496-3 §1.A.2.2. */
const HEADER_BYTES = 7
/** The checksum that follows when protection_absent is 0. */
const CHECKSUM_BYTES = 2

/** Whether bytes begin with an ADTS header (ISO/IEC 14496-3 §1.A.2.2). */
export const startsWithAdts = (bytes: Buffer): boolean =>
  bytes.length > HEADER_BYTES && bytes[0] === 0xff && (bytes[1]! & 0xf6) === 0xf0

/** The frames of an ADTS stream without their headers, as views; up to where it stops making sense. */
export const splitAdts = (bytes: Buffer): readonly Buffer[] => {
  const frames: Buffer[] = []
  let rest = bytes
  while (startsWithAdts(rest)) {
    const size = ((rest[3]! & 0x03) << 11) | (rest[4]! << 3) | (rest[5]! >> 5)
    const header = HEADER_BYTES + ((rest[1]! & 0x01) === 0 ? CHECKSUM_BYTES : 0)
    if (size <= header || size > rest.length) break
    frames.push(rest.subarray(header, size))
    rest = rest.subarray(size)
  }
  return frames
}
