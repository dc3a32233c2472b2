/** SHA-1's first state (FIPS 180-4 §5.3.1). */
const FIRST = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0] as const
/** Bytes of a block, of which SHA-1 and HMAC work. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 20
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c

/** The schedule of the block at hand; nothing of it outlives a call. */
const schedule = new Int32Array(80)

/** One block of which the first 16 words are in the schedule: gives the state after `state` (FIPS 180-4 §6.1.2). */
const compress = (state: Int32Array | readonly number[], out: Int32Array): void => {
  const w = schedule
  for (let i = 16; i < 80; i++) {
    const x = w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!
    w[i] = (x << 1) | (x >>> 31)
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state
  for (let i = 0; i < 80; i++) {
    const mixed =
      i < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : i < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : i < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6
    const next = (((a << 5) | (a >>> 27)) + mixed + e + w[i]!) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  out[0] = (state[0]! + a) | 0
  out[1] = (state[1]! + b) | 0
  out[2] = (state[2]! + c) | 0
  out[3] = (state[3]! + d) | 0
  out[4] = (state[4]! + e) | 0
}

/** A key made ready for HMAC-SHA1 (RFC 2104 §2) over many short messages. The key has at most 64 bytes. */
export class HmacSha1Key {
  /** Goes before each message: what is hashed of both is the inner digest. */
  readonly innerPad = Buffer.alloc(BLOCK_BYTES, INNER_PAD)
  readonly #outer = new Int32Array(5)
  readonly #digest = new Int32Array(5)

  constructor(key: Buffer) {
    for (const [at, byte] of key.entries()) this.innerPad[at] = byte ^ INNER_PAD
    const outerPad = Buffer.alloc(BLOCK_BYTES, OUTER_PAD)
    for (const [at, byte] of key.entries()) outerPad[at] = byte ^ OUTER_PAD
    for (let i = 0; i < 16; i++) schedule[i] = outerPad.readInt32BE(i * 4)
    compress(FIRST, this.#outer)
  }

  /** Writes the first ten bytes of the outer digest of an inner one: SRTP's tag (RFC 3711 §4.2.1). */
  writeTag(inner: Buffer, out: Buffer, at: number): void {
    for (let i = 0; i < 5; i++) schedule[i] = inner.readInt32BE(i * 4)
    schedule[5] = 0x80000000 | 0
    for (let i = 6; i < 15; i++) schedule[i] = 0
    schedule[15] = (BLOCK_BYTES + DIGEST_BYTES) * 8
    compress(this.#outer, this.#digest)
    out.writeInt32BE(this.#digest[0]!, at)
    out.writeInt32BE(this.#digest[1]!, at + 4)
    out.writeUInt16BE(this.#digest[2]! >>> 16, at + 8)
  }
}
