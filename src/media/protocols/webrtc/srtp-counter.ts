/** Bytes of a block of AES. */
export const AES_BLOCK_BYTES = 16

/** Keys of one direction as SRTP derives them (RFC 3711 §4.3): AES-128 in counter mode, HMAC-SHA1 of 80 bits. */
export interface SrtpKeys {
  readonly sessionKey: Buffer
  readonly sessionSalt: Buffer
  readonly authenticationKey: Buffer
}

/** A session's salt of 14 bytes, as words; the last has half a one. */
export type SaltWords = readonly [number, number, number, number]

/** Reads a salt. */
export const saltWords = (salt: Buffer): SaltWords => [
  salt.readUInt32BE(0),
  salt.readUInt32BE(4),
  salt.readUInt32BE(8),
  salt.readUInt16BE(12),
]

/** Blocks of key stream that a payload takes. */
export const blocksFor = (payloadBytes: number): number => Math.ceil(payloadBytes / AES_BLOCK_BYTES)

/** This machine's order of bytes is little-endian, as all are that Node runs on; packets' is not. */
const swapped = (word: number): number =>
  (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0

/**
 * Writes the counter blocks of one packet, which encrypted are its key stream (RFC 3711 §4.1.1): salt × 2^16
 * XOR SSRC × 2^64 XOR index × 2^16, plus the block's number. Gives the word after them.
 */
export const writeCounters = (
  into: Uint32Array,
  at: number,
  salt: SaltWords,
  ssrc: number,
  rollover: number,
  sequence: number,
  blocks: number,
): number => {
  const word0 = swapped(salt[0])
  const word1 = swapped((salt[1] ^ ssrc) >>> 0)
  const word2 = swapped((salt[2] ^ rollover) >>> 0)
  const word3 = (salt[3] ^ sequence) << 16
  let word = at
  for (let block = 0; block < blocks; block++, word += 4) {
    into[word] = word0
    into[word + 1] = word1
    into[word + 2] = word2
    into[word + 3] = swapped((word3 | block) >>> 0)
  }
  return word
}
