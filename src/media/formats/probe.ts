import { ChunkQueue } from '../bytes/chunk-queue.ts'
import { MediaError } from '../runtime/errors.ts'
import { BitstreamDemuxer } from './bitstream/demuxer.ts'
import type { Demuxer, DemuxerFactory, DemuxerSink } from './demuxer.ts'
import { FlvDemuxer } from './flv/demuxer.ts'
import { MpegTsDemuxer } from './mpegts/demuxer.ts'

/** Bytes that tell a format by themselves. */
const MAGIC_BYTES = 4
/** Bytes in which a JPEG may begin after something else: go2rtc's. */
const GARBAGE_BYTES_MAX = 4096

/** Bytes that begin like nothing we can read. */
export class UnknownFormatError extends MediaError {
  readonly code = 'unknown_format'

  constructor(head: Buffer) {
    super(
      head.length === 0
        ? 'magic: there are no bytes to look at'
        : `magic: unsupported header: ${head.toString('hex', 0, MAGIC_BYTES)}`,
    )
  }
}

/** How a format begins: go2rtc's table, in its order. */
const formats: readonly { readonly begins: string; readonly make: DemuxerFactory }[] = [
  { begins: '\x00\x00\x00\x01', make: into => new BitstreamDemuxer(into) },
  { begins: 'FLV', make: into => new FlvDemuxer(into) },
  { begins: '\x47', make: into => new MpegTsDemuxer(into) },
]

const byMagic = (head: Buffer): DemuxerFactory | undefined => {
  const text = head.toString('latin1', 0, MAGIC_BYTES)
  return formats.find(({ begins }) => text.startsWith(begins))?.make
}

/** Finds out by the first bytes what the format is, and is then that format's demuxer. Also throws `UnknownFormatError`. */
export class ProbingDemuxer implements Demuxer {
  readonly #into: DemuxerSink
  readonly #head = new ChunkQueue()
  #demuxer: Demuxer | undefined

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  get formatName(): string {
    return this.#demuxer?.formatName ?? ''
  }

  push(chunk: Buffer): void {
    if (this.#demuxer !== undefined) {
      this.#demuxer.push(chunk)
      return
    }
    this.#head.push(chunk)
    const head = this.#head.peek(MAGIC_BYTES)
    const make = head && byMagic(head)
    if (make !== undefined) this.#begin(make)
    else if (this.#head.length >= GARBAGE_BYTES_MAX) this.#refuse()
  }

  settle(): void {
    if (this.#demuxer === undefined) this.#refuse()
    else this.#demuxer.settle()
  }

  end(): void {
    if (this.#demuxer === undefined) this.#refuse()
    else this.#demuxer.end()
  }

  #begin(make: DemuxerFactory): void {
    const bytes = this.#head.takeAll()
    this.#demuxer = make(this.#into)
    this.#demuxer.push(bytes)
  }

  #refuse(): never {
    throw new UnknownFormatError(this.#head.peek(Math.min(MAGIC_BYTES, this.#head.length))!)
  }
}
