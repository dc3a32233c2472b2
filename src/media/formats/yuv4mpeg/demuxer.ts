import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import type { Codec } from '../../core/codec.ts'
import { LimitError, MalformedError } from '../../runtime/errors.ts'
import { type Ticks, ticks } from '../../runtime/units.ts'
import { type Demuxer, type DemuxerSink, UNIT_BYTES_MAX } from '../demuxer.ts'

/** Characters of the header and of each picture's: real ones have some 60 and 5. */
const LINE_BYTES_MAX = 1024
const CLOCK_RATE = 90_000

const none: readonly Buffer[] = []

/** Chroma by the beginning of its name: how it is called in RFC 4175, and how much smaller than luma it is in each direction. */
const chromas: readonly (readonly [begins: string, sampling: string, across: number, down: number])[] = [
  ['420', 'YCbCr-4:2:0', 2, 2],
  ['422', 'YCbCr-4:2:2', 2, 1],
  ['444', 'YCbCr-4:4:4', 1, 1],
]

/** What the header tells. */
interface Pictures {
  readonly codec: Codec
  readonly sizeBytes: number
  /** Ticks from one picture to the next; `undefined` when it is not said. */
  readonly duration: number | undefined
}

/** Reads uncompressed pictures of 8 bits as YUV4MPEG2 has them. Their times are counted, by the rate they are said to have. */
export class Yuv4MpegDemuxer implements Demuxer {
  readonly formatName = 'yuv4mpegpipe'
  readonly #into: DemuxerSink
  readonly #waiting = new ChunkQueue()
  #pictures: Pictures | undefined
  #inPicture = false
  #told = false
  #count = 0

  constructor(into: DemuxerSink) {
    this.#into = into
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk)
    while (this.#inPicture ? this.#readPicture(this.#pictures!) : this.#readLine()) {}
  }

  settle(): void {
    if (!this.#told) this.#into.tracks([])
    this.#told = true
  }

  end(): void {
    this.settle()
  }

  #readLine(): boolean {
    const seen = this.#waiting.peek(Math.min(this.#waiting.length, LINE_BYTES_MAX))!
    const end = seen.indexOf('\n')
    if (end < 0 && seen.length >= LINE_BYTES_MAX) throw new MalformedError('YUV4MPEG2 header without an end')
    const line = end < 0 ? undefined : this.#waiting.take(end + 1)?.toString('latin1', 0, end)
    if (line === undefined) return false
    if (this.#pictures === undefined) {
      this.#pictures = readHeader(line)
      this.#told = true
      this.#into.tracks([this.#pictures.codec])
    } else if (/^FRAME\b/.test(line)) this.#inPicture = true
    else throw new MalformedError('YUV4MPEG2 picture without FRAME')
    return true
  }

  #readPicture({ sizeBytes, duration }: Pictures): boolean {
    const picture = this.#waiting.take(sizeBytes)
    if (picture === undefined) return false
    this.#inPicture = false
    this.#into.unit({
      track: 0,
      keyframe: true,
      decodingTime: this.#nextTime(duration),
      compositionOffset: 0,
      framing: 'frame',
      parts: [picture],
      configuration: none,
    })
    return true
  }

  #nextTime(duration: number | undefined): Ticks | undefined {
    return duration === undefined ? undefined : ticks(Math.round(this.#count++ * duration))
  }
}

const readHeader = (line: string): Pictures => {
  const [magic, ...parameters] = line.split(' ')
  const parameter = (key: string): string => parameters.find(one => one.startsWith(key))?.slice(1) ?? ''
  const [width, height] = [Number(parameter('W')), Number(parameter('H'))]
  const name = parameter('C') || '420'
  const chroma = chromas.find(([begins]) => name.startsWith(begins))
  // 10 bits and more are called 420p10, an alpha plane 444alpha.
  if (chroma === undefined || /p\d|alpha/.test(name)) throw new MalformedError(`YUV4MPEG2 of kind ${name.slice(0, 20)}`)
  if (magic !== 'YUV4MPEG2' || !(width > 0) || !(height > 0)) throw new MalformedError('YUV4MPEG2 header')
  const [, sampling, across, down] = chroma
  const sizeBytes = width * height + 2 * Math.ceil(width / across) * Math.ceil(height / down)
  if (sizeBytes > UNIT_BYTES_MAX) throw new LimitError('bytes of an uncompressed picture', UNIT_BYTES_MAX)
  const formatParameters = `sampling=${sampling};width=${width};height=${height};depth=8`
  const codec: Codec = { kind: 'video', name: 'RAW', clockRate: CLOCK_RATE, channels: 0, formatParameters }
  return { codec, sizeBytes, duration: readDuration(parameter('F')) }
}

const readDuration = (rate: string): number | undefined => {
  const [, pictures, seconds] = /^(\d+):(\d+)$/.exec(rate) ?? []
  const duration = (CLOCK_RATE * Number(seconds)) / Number(pictures)
  return duration > 0 && Number.isFinite(duration) ? duration : undefined
}
