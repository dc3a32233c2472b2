import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { LimitError } from '../../runtime/errors.ts'
import { type Demuxer, type DemuxerSink, UNIT_BYTES_MAX } from '../demuxer.ts'
import { JpegReader } from './jpeg-reader.ts'
import { JpegPictures } from './pictures.ts'

/** Characters of a line between images, and lines before an image: real ones have some 60 and three to five. */
const LINE_BYTES_MAX = 4096
const LINES_MAX = 256

const isJpeg = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xd8

/** What comes next: lines of a boundary and headers, a part of known size, or an image that tells its end itself. */
type Expected =
  | { readonly what: 'lines' }
  | { readonly what: 'part'; readonly sizeBytes: number }
  | { readonly what: 'image' }
const lines: Expected = { what: 'lines' }

/**
 * JPEG images as parts of a message that does not end (RFC 2046 §5.1, `multipart/x-mixed-replace`). The
 * boundary is whatever line begins with `--`: Foscam's ends like the last one, others' are not the one announced.
 */
export class MultipartDemuxer implements Demuxer {
  readonly formatName = 'mpjpeg'
  readonly #pictures: JpegPictures
  readonly #reader: JpegReader
  readonly #waiting = new ChunkQueue()
  #expected: Expected = lines
  #lineCount = 0
  #inHeaders = false
  #contentLength: number | undefined
  #imageEnded = false

  constructor(into: DemuxerSink) {
    this.#pictures = new JpegPictures(into)
    this.#reader = new JpegReader(image => {
      this.#imageEnded = true
      this.#pictures.give(image)
    })
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk)
    while (this.#read()) {}
  }

  settle(): void {
    this.#pictures.settle()
  }

  end(): void {
    this.#reader.end()
    this.settle()
  }

  /** Whether anything could be read. */
  #read(): boolean {
    switch (this.#expected.what) {
      case 'lines':
        return this.#readLine()
      case 'part':
        return this.#readPart(this.#expected.sizeBytes)
      case 'image':
        return this.#readImage()
    }
  }

  #readLine(): boolean {
    const start = this.#waiting.peek(2)
    if (start === undefined) return false
    if (isJpeg(start)) return this.#beginContent()
    const line = this.#takeLine()
    if (line === undefined) return false
    if (++this.#lineCount > LINES_MAX) throw new LimitError('lines between two images', LINES_MAX)
    if (line.startsWith('--')) this.#inHeaders = true
    else if (this.#inHeaders && line === '') return this.#beginContent()
    else if (this.#inHeaders) this.#readHeader(line)
    return true
  }

  #takeLine(): string | undefined {
    const seen = this.#waiting.peek(Math.min(this.#waiting.length, LINE_BYTES_MAX))!
    const end = seen.indexOf('\n')
    if (end < 0 && seen.length >= LINE_BYTES_MAX)
      throw new LimitError('characters of a line between images', LINE_BYTES_MAX)
    return end < 0
      ? undefined
      : this.#waiting
          .take(end + 1)!
          .toString('latin1')
          .trim()
  }

  #readHeader(line: string): void {
    const [, digits] = /^content-length\s*:\s*(\d{1,9})$/i.exec(line) ?? []
    if (digits !== undefined) this.#contentLength = Number(digits)
  }

  #beginContent(): boolean {
    const sizeBytes = this.#contentLength ?? 0
    if (sizeBytes > UNIT_BYTES_MAX) throw new LimitError('bytes of a part', UNIT_BYTES_MAX)
    this.#expected = sizeBytes > 0 ? { what: 'part', sizeBytes } : { what: 'image' }
    this.#lineCount = 0
    this.#inHeaders = false
    this.#contentLength = undefined
    return true
  }

  #readPart(sizeBytes: number): boolean {
    const part = this.#waiting.take(sizeBytes)
    if (part === undefined) return false
    this.#expected = lines
    if (isJpeg(part)) this.#pictures.give(part)
    return true
  }

  #readImage(): boolean {
    const bytes = this.#waiting.takeAll()
    const at = this.#reader.scan(bytes, 0)
    this.#waiting.push(bytes.subarray(at))
    if (!this.#imageEnded) return at > 0 && at < bytes.length
    this.#imageEnded = false
    // Where its end was missing, the next image has begun already.
    if (!this.#reader.inside) this.#expected = lines
    return true
  }
}
