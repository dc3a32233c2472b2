/** ISO/IEC 13818-1 annex A: polynomial 0x04C11DB7, most significant bit first. */
const POLYNOMIAL = 0x04c11db7

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0)
  return remainder
})

/** The checksum of a section (ISO/IEC 13818-1 annex A). Of a section with its checksum: 0. */
export const crc32 = (bytes: Buffer): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc << 8) ^ table[(crc >>> 24) ^ byte]!
  return crc >>> 0
}
