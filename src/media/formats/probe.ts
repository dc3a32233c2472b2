import { ChunkQueue } from '../bytes/chunk-queue.ts'
import { MediaError } from '../runtime/errors.ts'
import { AdtsDemuxer } from './adts/demuxer.ts'
import { BitstreamDemuxer } from './bitstream/demuxer.ts'
import type { Demuxer, DemuxerFactory, DemuxerSink } from './demuxer.ts'
import { FlvDemuxer } from './flv/demuxer.ts'
import { MjpegDemuxer } from './mjpeg/demuxer.ts'
import { MultipartDemuxer } from './mjpeg/multipart-demuxer.ts'
import { MpegTsDemuxer } from './mpegts/demuxer.ts'
import { WavDemuxer } from './wav/demuxer.ts'
import { Yuv4MpegDemuxer } from './yuv4mpeg/demuxer.ts'

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
  { begins: 'RIFF', make: into => new WavDemuxer(into) },
  { begins: 'YUV4', make: into => new Yuv4MpegDemuxer(into) },
  { begins: 'FLV', make: into => new FlvDemuxer(into) },
  { begins: '\xff\xd8', make: into => new MjpegDemuxer(into) },
  { begins: '\xff\xf1', make: into => new AdtsDemuxer(into) },
  { begins: '\xff\xf9', make: into => new AdtsDemuxer(into) },
  { begins: '--', make: into => new MultipartDemuxer(into) },
  { begins: 'G', make: into => new MpegTsDemuxer(into) },
]

/** How a JPEG begins that comes after garbage: SOI, and a table behind it. */
const LATE_JPEG = Buffer.from('ffd8ffdb', 'hex')

const byMagic = (head: Buffer): DemuxerFactory | undefined => {
  const text = head.toString('latin1', 0, MAGIC_BYTES)
  const known = formats.find(({ begins }) => text.startsWith(begins))?.make
  if (known !== undefined) return known
  return head.includes(LATE_JPEG) ? into => new MjpegDemuxer(into) : undefined
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
    const { length } = this.#head
    if (length < MAGIC_BYTES) return
    const make = byMagic(this.#head.peek(Math.min(length, GARBAGE_BYTES_MAX))!)
    if (make !== undefined) this.#begin(make)
    else if (length >= GARBAGE_BYTES_MAX) this.#refuse()
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
