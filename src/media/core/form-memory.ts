/** Bytes that memory has room for at least: most pictures. */
const ROOM_BYTES_MIN = 128 * 1024

/**
 * Memory for what is made, written and forgotten before the next of its kind is made, so that a
 * hundred pictures a second do not each ask for memory that is collected much later.
 */
export class FormMemory {
  #room: Buffer | undefined

  /** Room for so many bytes. The bytes of the call before are given up, unless they were kept. */
  take(sizeBytes: number): Buffer {
    if (this.#room === undefined || this.#room.length < sizeBytes)
      this.#room = Buffer.allocUnsafeSlow(Math.max(sizeBytes, ROOM_BYTES_MIN))
    return this.#room.subarray(0, sizeBytes)
  }

  /** What was taken last is still needed: it is never written again. */
  keep(): void {
    this.#room = undefined
  }
}
