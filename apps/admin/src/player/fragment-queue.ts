/** Bytes that wait for a busy browser: 8 s at 8 Mbit/s. Beyond that the picture is late for good. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024

/** MP4 fragments on their way into a source buffer, which takes one piece at a time. */
export class FragmentQueue {
  #waiting: ArrayBuffer[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** Whether the fragment was taken; if not, the browser is too slow and playing must begin anew. */
  push(fragment: ArrayBuffer): boolean {
    if (this.#bytes + fragment.byteLength > WAITING_BYTES_MAX) return false
    this.#waiting.push(fragment)
    this.#bytes += fragment.byteLength
    return true
  }

  /** Everything that waits, in order, as one piece; nothing when nothing waits. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const [only] = this.#waiting
    if (only === undefined) return undefined
    const piece = this.#waiting.length === 1 ? new Uint8Array(only) : this.#joined()
    this.clear()
    return piece
  }

  clear(): void {
    this.#waiting = []
    this.#bytes = 0
  }

  #joined(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#bytes)
    let at = 0
    for (const fragment of this.#waiting) {
      whole.set(new Uint8Array(fragment), at)
      at += fragment.byteLength
    }
    return whole
  }
}
