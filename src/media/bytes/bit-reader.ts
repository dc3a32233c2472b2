import { MalformedError } from '../runtime/errors.ts'

/** Leading zeros of an Exp-Golomb code of a 32-bit value (ITU-T H.264 §9.1). */
const ZEROS_MAX = 32

/** Reads bits, most significant first. Throws `MalformedError` beyond the end. */
export class BitReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bits read so far. */
  get position(): number {
    return this.#at
  }

  /** Bits that are left. */
  get remaining(): number {
    return this.#bytes.length * 8 - this.#at
  }

  /** u(n): the next bits as a number. `count` is at most 32. */
  bits(count: number): number {
    if (count > this.remaining) throw new MalformedError('bits beyond the end', this.#bytes.length)
    let value = 0
    for (let left = count; left > 0; ) {
      const free = 8 - (this.#at & 7)
      const take = Math.min(free, left)
      const byte = this.#bytes[this.#at >> 3]!
      value = value * 2 ** take + ((byte >> (free - take)) & ((1 << take) - 1))
      this.#at += take
      left -= take
    }
    return value
  }

  /** u(1) as a truth. */
  flag(): boolean {
    return this.bits(1) === 1
  }

  /** Passes over bits. */
  skip(count: number): void {
    if (count > this.remaining) throw new MalformedError('bits beyond the end', this.#bytes.length)
    this.#at += count
  }

  /** ue(v), ITU-T H.264 §9.1. */
  unsigned(): number {
    let zeros = 0
    while (!this.flag()) {
      zeros++
      if (zeros > ZEROS_MAX) throw new MalformedError('Exp-Golomb code too long', this.#at >> 3)
    }
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v), ITU-T H.264 §9.1.1. */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
