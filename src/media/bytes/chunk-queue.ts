import { join } from './join.ts'

/** Chunks after which those that wait are joined: somebody sends byte by byte, and each chunk costs more than its bytes. */
const LOOSE_CHUNKS_MAX = 1024

/**
 * Bytes that came in pieces of any size and are taken in pieces of another: as views where they
 * came in one, copied where they did not. Bounded by whoever pushes.
 */
export class ChunkQueue {
  #chunks: Buffer[] = []
  #length = 0
  #loose = 0

  /** Bytes that wait. */
  get length(): number {
    return this.#length
  }

  /** Adds bytes, which must not change afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (++this.#loose < LOOSE_CHUNKS_MAX) return
    this.#loose = 0
    this.#chunks.push(join(this.#chunks.splice(-LOOSE_CHUNKS_MAX)))
  }

  /** The next bytes, which stay; `undefined` while there are fewer. */
  peek(count: number): Buffer | undefined {
    if (count > this.#length) return undefined
    const [first] = this.#chunks
    if (first === undefined) return Buffer.alloc(0)
    if (first.length >= count) return first.subarray(0, count)
    // What was joined once stays joined, so that looking twice copies once.
    let size = 0
    let chunks = 0
    while (size < count) size += this.#chunks[chunks++]!.length
    const joined = join(this.#chunks.splice(0, chunks))
    this.#chunks.unshift(joined)
    return joined.subarray(0, count)
  }

  /** The next bytes, which go; `undefined` while there are fewer. */
  take(count: number): Buffer | undefined {
    const bytes = this.peek(count)
    if (bytes !== undefined) this.skip(count)
    return bytes
  }

  /** Everything that waits. */
  takeAll(): Buffer {
    return this.take(this.#length)!
  }

  /** Lets the next bytes go, or all where there are fewer. */
  skip(count: number): void {
    let left = Math.min(count, this.#length)
    this.#length -= left
    while (left > 0) {
      const first = this.#chunks[0]!
      if (first.length > left) {
        this.#chunks[0] = first.subarray(left)
        return
      }
      this.#chunks.shift()
      left -= first.length
    }
  }

  /** Lets everything go. */
  clear(): void {
    this.#chunks = []
    this.#length = 0
    this.#loose = 0
  }
}
