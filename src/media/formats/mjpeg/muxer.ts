import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../muxer.ts'

const LINE_END = Buffer.from('\r\n')

/** What stands around the pictures: `multipart` for HTTP (RFC 2046 §5.1), nothing where each is a message of its own. */
export type JpegFraming = 'multipart' | 'message'

/** JPEG pictures, one after another, as they are. */
export class JpegMuxer implements Muxer {
  readonly #framing: JpegFraming
  readonly #opened: () => void
  #told = false

  /** `opened` is told once, before the first picture. */
  constructor(framing: JpegFraming, opened: () => void) {
    this.#framing = framing
    this.#opened = opened
  }

  takes({ name }: Codec): boolean {
    return name === 'JPEG'
  }

  open(): void {
    if (this.#told) return
    this.#told = true
    this.#opened()
  }

  unit(_track: MuxedTrack, { sample }: AccessUnit, _placed: Placed, write: WriteBytes): void {
    if (this.#framing === 'message') {
      write(sample)
      return
    }
    write(Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${sample.length}\r\n\r\n`), sample)
    // At once, and not before the next part: a client may wait for it.
    write(LINE_END)
  }
}
