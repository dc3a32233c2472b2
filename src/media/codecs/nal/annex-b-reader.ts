import { ChunkQueue } from '../../bytes/chunk-queue.ts'

const START_CODE = Buffer.of(0, 0, 1)
/** Bytes of one NAL unit: as much as a whole access unit may have. */
const NAL_BYTES_MAX = 5 * 1024 * 1024

/** What a reader of Annex B finds. */
export interface AnnexBSink {
  /** A whole NAL unit, without start code and without the zeros around it: a view where it came in one piece. */
  nal(nal: Buffer): void
  /** A NAL unit was too large, and is gone. */
  lost(): void
}

/**
 * Finds the NAL units of a byte stream (ITU-T H.264 annex B) that comes in pieces of any size. A NAL
 * unit is given when the next start code is seen. What stands before the first start code is passed over.
 */
export class AnnexBReader {
  readonly #sink: AnnexBSink
  readonly #waiting = new ChunkQueue()
  #begun = false
  #tooLarge = false
  /** Zeros at the end of what has come, 2 at most: a start code may straddle two chunks. */
  #zeros = 0

  constructor(sink: AnnexBSink) {
    this.#sink = sink
  }

  push(chunk: Buffer): void {
    let start = this.#straddling(chunk)
    if (start > 0) this.#finish()
    for (;;) {
      const next = chunk.indexOf(START_CODE, start)
      if (next < 0) break
      this.#add(chunk.subarray(start, next))
      this.#finish()
      start = next + START_CODE.length
    }
    this.#add(chunk.subarray(start))
    this.#zeros = trailingZeros(chunk, this.#zeros)
  }

  /** Whether a NAL unit waits for its end. */
  get waiting(): boolean {
    return this.#waiting.length > 0
  }

  /** The bytes end here: the last NAL unit is whole. */
  end(): void {
    this.#finish()
    this.reset()
  }

  /** Bytes are missing here: forgets what has come since the last start code, and looks for the next one. */
  reset(): void {
    this.#waiting.clear()
    this.#begun = false
    this.#tooLarge = false
    this.#zeros = 0
  }

  /** Where a start code ends that began in the chunk before; 0 when none did. */
  #straddling(chunk: Buffer): number {
    if (this.#zeros >= 2 && chunk[0] === 1) return 1
    return this.#zeros >= 1 && chunk[0] === 0 && chunk[1] === 1 ? 2 : 0
  }

  #add(piece: Buffer): void {
    if (!this.#begun || this.#tooLarge) return
    this.#waiting.push(piece)
    if (this.#waiting.length <= NAL_BYTES_MAX) return
    this.#tooLarge = true
    this.#waiting.clear()
  }

  #finish(): void {
    const nal = withoutTrailingZeros(this.#waiting.takeAll())
    const lost = this.#tooLarge
    this.#tooLarge = false
    this.#begun = true
    if (lost) this.#sink.lost()
    else if (nal.length > 0) this.#sink.nal(nal)
  }
}

const withoutTrailingZeros = (nal: Buffer): Buffer => {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return nal.subarray(0, end)
}

const trailingZeros = (chunk: Buffer, before: number): number => {
  const { length } = chunk
  if (length === 0) return before
  if (chunk[length - 1] !== 0) return 0
  if (length === 1) return Math.min(2, before + 1)
  return chunk[length - 2] === 0 ? 2 : 1
}
