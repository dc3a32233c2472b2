import { ADTS_FRAME_SAMPLES, AdtsReader, adtsCodec } from '../../codecs/aac/adts-reader.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { ticks } from '../../runtime/units.ts'
import type { Demuxer, DemuxerSink } from '../demuxer.ts'

/** Bytes in which there must be a frame: the largest has 8 191. */
const SILENT_BYTES_MAX = 64 * 1024

/** A naked stream of AAC with ADTS headers. Its times are its samples. */
export class AdtsDemuxer implements Demuxer {
  readonly formatName = 'adts'
  readonly #into: DemuxerSink
  readonly #reader = new AdtsReader(frame => this.#give(frame))
  #clockRate = 0
  #told = false
  #samples = 0
  #silentBytes = 0

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  push(chunk: Buffer): void {
    this.#silentBytes += chunk.length
    this.#reader.push(chunk)
    if (this.#silentBytes > SILENT_BYTES_MAX + chunk.length) throw new MalformedError('no frames of AAC any more')
  }

  settle(): void {
    if (!this.#told) this.#into.tracks([])
    this.#told = true
  }

  end(): void {
    this.settle()
  }

  #give(frame: Buffer): void {
    this.#silentBytes = 0
    const { configuration } = this.#reader
    const codec = adtsCodec(configuration[0]!)
    if (!this.#told) {
      this.#told = true
      this.#clockRate = codec.clockRate
      this.#into.tracks([codec])
    }
    // A track's clock is for life: frames of another rate would be nonsense in it.
    if (codec.clockRate !== this.#clockRate) return
    const decodingTime = ticks(this.#samples)
    this.#samples += ADTS_FRAME_SAMPLES
    this.#into.unit({
      track: 0,
      keyframe: true,
      decodingTime,
      compositionOffset: 0,
      framing: 'frame',
      parts: [frame],
      configuration,
    })
  }
}
