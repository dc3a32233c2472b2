/** RFC 9639 §8.2. */
export const STREAMINFO_BYTES = 34

/** Samples of a block: RFC 9639 §8.2 has 16 as the least, and its streamable subset 4608 as the most up to 48 kHz. */
const BLOCK_SAMPLES_MIN = 16
/** Samples of each channel in one of our frames, at most. */
export const BLOCK_SAMPLES_MAX = 4096

/** The STREAMINFO block, without its header, of what the engine encodes itself: 16 bits, of unknown length. */
export const formatStreamInfo = (sampleRate: number, channels: number): Buffer => {
  const bytes = Buffer.alloc(STREAMINFO_BYTES)
  bytes.writeUInt16BE(BLOCK_SAMPLES_MIN, 0)
  bytes.writeUInt16BE(BLOCK_SAMPLES_MAX, 2)
  // Frame sizes are left unknown. 20 bits rate, 3 bits channels − 1, 5 bits sample size − 1, then the length: unknown.
  bytes.writeUInt32BE(sampleRate * 2 ** 12 + (channels - 1) * 2 ** 9 + (16 - 1) * 2 ** 4, 10)
  return bytes
}
