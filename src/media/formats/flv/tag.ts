import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { MalformedError } from '../../runtime/errors.ts'

/** What a tag holds; RTMP's message types have the same numbers. */
export const tagType = { audio: 8, video: 9, script: 18 } as const

/** One piece of media or data (Adobe FLV 10.1 §E.4.1); an RTMP message is the same. */
export interface FlvTag {
  readonly type: number
  /** Milliseconds, 32 bits wide. */
  readonly timestamp: number
  /** A view of what was pushed, where it came in one piece. */
  readonly data: Buffer
}

/** Signature, version, flags, and where the tags begin (§E.2). */
const FILE_HEADER_BYTES = 9
const FILE_HEADER_BYTES_MAX = 1024
/** PreviousTagSize, then the tag's own header (§E.3, §E.4.1). */
const TAG_HEADER_BYTES = 4 + 11
/** Bytes of one tag: the largest unit with what FLV adds. A larger one is passed over. */
const TAG_BYTES_MAX = 5 * 1024 * 1024 + 1024

/** Cuts a stream of bytes into FLV tags. Throws `MalformedError` where it is none: there is nothing to find it again by. */
export class FlvTagReader {
  readonly #waiting = new ChunkQueue()
  readonly #emit: (tag: FlvTag) => void
  #flags: number | undefined
  /** Bytes to be passed over: the rest of the file header, or of a tag that is too large. */
  #skip = 0

  constructor(emit: (tag: FlvTag) => void) {
    this.#emit = emit
  }

  /** What the file header promises: 4 sound, 1 pictures. `undefined` while it has not come. */
  get flags(): number | undefined {
    return this.#flags
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk)
    if (this.#flags === undefined) this.#readFileHeader()
    while (this.#flags !== undefined && this.#skipped() && this.#readTag()) {}
  }

  #readFileHeader(): void {
    const header = this.#waiting.take(FILE_HEADER_BYTES)
    if (header === undefined) return
    const size = header.readUInt32BE(5)
    if (header.toString('latin1', 0, 3) !== 'FLV' || size < FILE_HEADER_BYTES || size > FILE_HEADER_BYTES_MAX)
      throw new MalformedError('not an FLV file')
    this.#skip = size - FILE_HEADER_BYTES
    this.#flags = header[4]! & 5
  }

  /** Whether everything that is to be passed over has been. */
  #skipped(): boolean {
    const count = Math.min(this.#skip, this.#waiting.length)
    this.#waiting.skip(count)
    this.#skip -= count
    return this.#skip === 0
  }

  /** Whether there was a whole tag. */
  #readTag(): boolean {
    const header = this.#waiting.peek(TAG_HEADER_BYTES)
    if (header === undefined) return false
    const type = header[4]! & 0x1f
    if (type !== tagType.audio && type !== tagType.video && type !== tagType.script)
      throw new MalformedError(`FLV tag of type ${type}`)
    const sizeBytes = header.readUIntBE(5, 3)
    if (sizeBytes > TAG_BYTES_MAX) {
      this.#skip = TAG_HEADER_BYTES + sizeBytes
      return true
    }
    const whole = this.#waiting.take(TAG_HEADER_BYTES + sizeBytes)
    if (whole === undefined) return false
    const timestamp = whole.readUIntBE(8, 3) + whole[11]! * 2 ** 24
    // Encrypted tags (the filter bit) are nothing to us.
    if ((header[4]! & 0x20) === 0) this.#emit({ type, timestamp, data: whole.subarray(TAG_HEADER_BYTES) })
    return true
  }
}
