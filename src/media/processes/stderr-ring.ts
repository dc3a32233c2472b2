import type { StderrText } from './spawner-messages.ts'

/** Bytes of the beginning that are kept: as many as go2rtc shows of a program that fails. */
const HEAD_BYTES_MAX = 512
/** Bytes of the end that are kept: some hundred lines. */
const TAIL_BYTES_MAX = 64 * 1024

/** The beginning and the end of what a program says, however much that is. */
export class StderrRing {
  readonly #head = Buffer.allocUnsafeSlow(HEAD_BYTES_MAX)
  #headBytes = 0
  /** Made with the first byte: most programs say nothing. */
  #ring: Buffer | undefined
  /** Where the next byte goes. */
  #at = 0
  #full = false

  /** Remembers a copy of some more. */
  add(bytes: Uint8Array): void {
    if (this.#headBytes < HEAD_BYTES_MAX) {
      const taken = bytes.subarray(0, HEAD_BYTES_MAX - this.#headBytes)
      this.#head.set(taken, this.#headBytes)
      this.#headBytes += taken.length
    }
    this.#ring ??= Buffer.allocUnsafeSlow(TAIL_BYTES_MAX)
    let rest = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES_MAX))
    while (rest.length > 0) {
      const piece = rest.subarray(0, TAIL_BYTES_MAX - this.#at)
      this.#ring.set(piece, this.#at)
      this.#at += piece.length
      if (this.#at === TAIL_BYTES_MAX) {
        this.#at = 0
        this.#full = true
      }
      rest = rest.subarray(piece.length)
    }
  }

  /** What is remembered; a character cut in two at either end is shown as a replacement. */
  get text(): StderrText {
    const ring = this.#ring ?? Buffer.alloc(0)
    const parts = this.#full ? [ring.subarray(this.#at), ring.subarray(0, this.#at)] : [ring.subarray(0, this.#at)]
    return { head: this.#head.toString('utf8', 0, this.#headBytes), tail: Buffer.concat(parts).toString() }
  }
}
