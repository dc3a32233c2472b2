import { standardHuffmanTables } from './huffman-tables.ts'
import { marker, segment } from './marker.ts'
import type { QuantizationTable } from './quantization-tables.ts'

/** What RTP tells of a picture, from which its file is made again. */
export interface DescribedPicture {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** 0: two luminance blocks side by side to each color (4:2:2); 1: four (4:2:0). */
  readonly type: 0 | 1
  /** MCUs; 0: none. */
  readonly restartInterval: number
  readonly luminance: QuantizationTable
  readonly color: QuantizationTable
}

/** Numbers of the components, as JFIF has them. */
const components = [1, 2, 3] as const

const huffman = Buffer.concat(
  standardHuffmanTables.map(({ id, content }) => segment(marker.dht, Buffer.of(id), content)),
)

/** Start of scan: the first component with the tables 0, the others with the tables 1; the whole spectrum at once. */
const scan = segment(
  marker.sos,
  Buffer.of(components.length, ...components.flatMap((id, i) => [id, i === 0 ? 0x00 : 0x11]), 0, 63, 0),
)

/** Everything of a baseline JPEG file before its scan (ITU-T T.81 §B.2), as RFC 2435 appendix B makes it. */
export const formatJpegFileHeader = (picture: DescribedPicture): Buffer => {
  const { width, height, type, restartInterval, luminance, color } = picture
  const size = Buffer.allocUnsafe(4)
  size.writeUInt16BE(height)
  size.writeUInt16BE(width, 2)
  const blocks = type === 0 ? 0x21 : 0x22
  const parts = [
    Buffer.of(0xff, marker.soi),
    segment(marker.dqt, Buffer.of(luminance.precision << 4), luminance.content),
    segment(marker.dqt, Buffer.of((color.precision << 4) | 1), color.content),
    segment(
      marker.sof0,
      Buffer.of(8), // bits a sample
      size,
      Buffer.of(components.length, ...components.flatMap((id, i) => (i === 0 ? [id, blocks, 0] : [id, 0x11, 1]))),
    ),
    huffman,
  ]
  if (restartInterval > 0) parts.push(segment(marker.dri, Buffer.of(restartInterval >> 8, restartInterval & 0xff)))
  return Buffer.concat([...parts, scan])
}
