import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import type { Codec } from '../../core/codec.ts'
import { ticks } from '../../runtime/units.ts'
import type { Demuxer, DemuxerSink } from '../demuxer.ts'

/** 40 ms at 8 kHz, a byte a sample. */
const UNIT_BYTES = 320

/** `audio/basic` (RFC 2046 §4.2): µ-law, 8 kHz, mono. */
const basic: Codec = { kind: 'audio', name: 'PCMU', clockRate: 8000, channels: 1, formatParameters: '' }

const none: readonly Buffer[] = []

/** G.711 µ-law without any container. Its times are its samples. */
export class G711Demuxer implements Demuxer {
  readonly formatName = 'pcm'
  readonly #into: DemuxerSink
  readonly #waiting = new ChunkQueue()
  #told = false
  #samples = 0

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk)
    for (let part = this.#waiting.take(UNIT_BYTES); part !== undefined; part = this.#waiting.take(UNIT_BYTES))
      this.#give(part)
  }

  settle(): void {
    this.#tell()
  }

  end(): void {
    if (this.#waiting.length > 0) this.#give(this.#waiting.takeAll())
    this.settle()
  }

  #tell(): void {
    if (!this.#told) this.#into.tracks([basic])
    this.#told = true
  }

  #give(part: Buffer): void {
    this.#tell()
    const decodingTime = ticks(this.#samples)
    this.#samples += part.length
    this.#into.unit({
      track: 0,
      keyframe: true,
      decodingTime,
      compositionOffset: 0,
      framing: 'frame',
      parts: [part],
      configuration: none,
    })
  }
}
