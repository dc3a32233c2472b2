import { createHash } from 'node:crypto'
import { h264InOrder } from '../../codecs/h264/in-order.ts'
import { h265InOrder } from '../../codecs/h265/in-order.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import { frameHeader, streamHeader } from '../../formats/yuv4mpeg/muxer.ts'
import type { PictureCodec } from './snapshot-command.ts'

const startCode = Buffer.of(0, 0, 0, 1)
const lineEnd = Buffer.from('\r\n')
/** An access unit delimiter: whoever reads it knows that the picture before it is whole (ITU-T H.264 §7.3.2.4, H.265 §7.3.2.5). */
const h264Delimiter = Buffer.of(0, 0, 0, 1, 0x09, 0x10)
const h265Delimiter = Buffer.of(0, 0, 0, 1, 0x46, 0x01, 0x10)

/** A picture as ffmpeg reads it. */
export interface PictureInput {
  readonly codec: PictureCodec
  /** Tells pictures apart that one decoder does not take one after another: of other parameter sets, or another size. */
  readonly kind: string
  /** What stands before the first picture. */
  readonly head: Buffer
  /** The picture, with all that tells that it is whole. */
  readonly picture: Buffer
}

/** A picture with what a decoder needs first. */
export interface Picture {
  readonly codec: Codec
  readonly configuration: readonly Buffer[]
  readonly unit: AccessUnit
}

/** A keyframe of H.264 or H.265, an uncompressed picture or a JPEG for ffmpeg's stdin. Throws `MalformedError`. */
export const pictureInput = ({ codec, configuration, unit }: Picture): PictureInput => {
  switch (codec.name) {
    case 'H264':
      return nalInput('H264', configuration.map(h264InOrder), unit.parts, h264Delimiter)
    case 'H265':
      return nalInput('H265', configuration.map(h265InOrder), unit.parts, h265Delimiter)
    case 'RAW': {
      const head = streamHeader(codec)
      return { codec: 'RAW', kind: head.toString('latin1'), head, picture: Buffer.concat([frameHeader, unit.sample]) }
    }
    default:
      return { codec: 'JPEG', kind: '', head: Buffer.alloc(0), picture: jpegPart(unit.sample) }
  }
}

const nalInput = (
  codec: PictureCodec,
  sets: readonly Buffer[],
  nals: readonly Buffer[],
  delimiter: Buffer,
): PictureInput => {
  const hash = createHash('sha256')
  for (const set of sets) hash.update(set)
  return {
    codec,
    kind: hash.digest('base64'),
    head: Buffer.alloc(0),
    picture: Buffer.concat([...[...sets, ...nals].flatMap(nal => [startCode, nal]), delimiter]),
  }
}

/** A part of a message (RFC 2046 §5.1), which tells its length: a JPEG alone ends only where the next begins. */
const jpegPart = (jpeg: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`),
    jpeg,
    lineEnd,
  ])
