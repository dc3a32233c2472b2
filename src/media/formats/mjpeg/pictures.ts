import type { Codec } from '../../core/codec.ts'
import type { DemuxerSink } from '../demuxer.ts'

/** RFC 2435: its clock is 90 kHz. */
const jpeg: Codec = { kind: 'video', name: 'JPEG', clockRate: 90_000, channels: 0, formatParameters: '' }

const none: readonly Buffer[] = []

/** The one track of a stream of JPEG images: told with the first image. It has no times. */
export class JpegPictures {
  readonly #into: DemuxerSink
  #told: 'nothing' | 'none' | 'jpeg' = 'nothing'

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  give(image: Buffer): void {
    if (this.#told === 'nothing') {
      this.#told = 'jpeg'
      this.#into.tracks([jpeg])
    }
    if (this.#told === 'none') return
    this.#into.unit({
      track: 0,
      keyframe: true,
      decodingTime: undefined,
      compositionOffset: 0,
      framing: 'frame',
      parts: [image],
      configuration: none,
    })
  }

  /** The time for finding out is over. */
  settle(): void {
    if (this.#told !== 'nothing') return
    this.#told = 'none'
    this.#into.tracks([])
  }
}
