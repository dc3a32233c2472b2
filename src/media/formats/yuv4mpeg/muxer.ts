import type { AccessUnit } from '../../core/access-unit.ts'
import { type Codec, formatParameter } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../muxer.ts'

/** What stands before each picture. */
export const frameHeader: Buffer = Buffer.from('FRAME\n')

/** Sampling as RFC 4175 §6 calls it: as YUV4MPEG2 does. */
const chromas: Readonly<Record<string, string>> = {
  'YCbCr-4:2:0': '420jpeg',
  'YCbCr-4:2:2': '422',
  'YCbCr-4:4:4': '444',
}

/** What stands before the first picture. The rate is 25 a second, as RAW tells none. Throws `MalformedError`. */
export const streamHeader = (codec: Codec): Buffer => {
  const [width, height] = [formatParameter(codec, 'width'), formatParameter(codec, 'height')]
  const chroma = chromas[formatParameter(codec, 'sampling') ?? '']
  if (!(Number(width) > 0) || !(Number(height) > 0) || chroma === undefined)
    throw new MalformedError('uncompressed pictures of unknown form')
  return Buffer.from(`YUV4MPEG2 W${width} H${height} F25:1 Ip A1:1 C${chroma}\n`)
}

/** Uncompressed pictures as YUV4MPEG2. */
export class Yuv4MpegMuxer implements Muxer {
  readonly #opened: () => void
  #told = false

  /** `opened` is told once, before the first byte. */
  constructor(opened: () => void) {
    this.#opened = opened
  }

  takes({ name }: Codec): boolean {
    return name === 'RAW'
  }

  /** Pictures of another size cannot follow: a viewer of them begins anew. */
  open([track]: readonly MuxedTrack[], write: WriteBytes): void {
    if (track === undefined || this.#told) return
    const header = streamHeader(track.codec)
    this.#told = true
    this.#opened()
    write(header)
  }

  unit(_track: MuxedTrack, { sample }: AccessUnit, _placed: Placed, write: WriteBytes): void {
    write(frameHeader, sample)
  }
}

/** Whether an uncompressed picture shows one colour and nothing else, as cameras' do that have just been switched on. */
export const hasOneColor = (codec: Codec, picture: Buffer): boolean => {
  const luma = Number(formatParameter(codec, 'width')) * Number(formatParameter(codec, 'height'))
  const chroma = Math.floor((picture.length - luma) / 2)
  return [
    picture.subarray(0, luma),
    picture.subarray(luma, luma + chroma),
    picture.subarray(luma + chroma, luma + 2 * chroma),
  ].every(plane => plane.every(sample => sample === plane[0]))
}
