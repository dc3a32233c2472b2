import { type AdtsHeaderWriter, adtsHeaderWriter } from '../../codecs/aac/adts.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../muxer.ts'

/** AAC, each frame behind an ADTS header (ISO/IEC 14496-3 §1.A.2). */
export class AdtsMuxer implements Muxer {
  readonly #opened: () => void
  #header: AdtsHeaderWriter | undefined

  /** `opened` is told once, before the first byte. */
  constructor(opened: () => void) {
    this.#opened = opened
  }

  takes({ name }: Codec): boolean {
    return name === 'MPEG4-GENERIC'
  }

  open([track]: readonly MuxedTrack[]): void {
    const first = this.#header === undefined
    this.#header = adtsHeaderWriter(track?.configuration[0] ?? Buffer.alloc(0))
    if (first) this.#opened()
  }

  unit(_track: MuxedTrack, { sample }: AccessUnit, _placed: Placed, write: WriteBytes): void {
    const header = this.#header?.(sample.length)
    // A frame that is too long for a header is nothing a decoder could find.
    if (header !== undefined) write(header, sample)
  }
}
