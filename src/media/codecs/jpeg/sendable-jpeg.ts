import { MalformedError, MediaError } from '../../runtime/errors.ts'
import { standardHuffmanTables } from './huffman-tables.ts'
import { endOfImage, marker } from './marker.ts'
import { type QuantizationTable, tableBytes } from './quantization-tables.ts'
import type { JpegPayload, SentTables } from './rtp-payload.ts'

/** Pixels of a side: eight bits of eights, RFC 2435 §3.1.5. */
const SIDE_PIXELS_MAX = 2040
/** Bytes of a scan that 24 bits can say an offset in. */
const SCAN_BYTES_MAX = 1 << 24
/** Any of the 13 frames of ITU-T T.81 table B.1; 0xc4, 0xc8 and 0xcc are something else. */
const isFrame = (second: number): boolean => second >= 0xc0 && second <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(second)

/**
 * A good JPEG file that RTP has no words for: RFC 2435 knows baseline files in 4:2:0 and 4:2:2 with the standard
 * Huffman tables, up to 2040 pixels. go2rtc decodes and encodes such files anew, with a side of 2040 at most.
 */
export class UnsendableJpegError extends MediaError {
  readonly code = 'unsendable_jpeg'

  constructor(what: string) {
    super(`JPEG pictures ${what} cannot be sent by RTP`)
  }
}

/** What RTP needs to know of a picture, and its scan without the end marker. */
export interface SendableJpeg extends Pick<JpegPayload, 'type' | 'width' | 'height' | 'restartInterval'> {
  readonly tables: SentTables
  readonly scan: Buffer
}

/** One component of a frame: its number, blocks (horizontal × 16 + vertical) and quantization table. */
type Component = readonly [id: number, blocks: number, table: number]

interface Frame {
  readonly width: number
  readonly height: number
  readonly components: readonly Component[]
}

/** Reads a JPEG file for RTP. Throws `MalformedError` when it is broken, `UnsendableJpegError` when RTP cannot say it. */
export const readSendableJpeg = (file: Buffer): SendableJpeg => {
  const quantization = new Map<number, QuantizationTable>()
  let frame: Frame | undefined
  let restartInterval = 0
  let at = startOf(file)
  for (;;) {
    const { second, content, end } = segmentAt(file, at)
    if (second === marker.dqt) readQuantization(content, quantization)
    else if (second === marker.dht) checkHuffman(content)
    else if (second === marker.dri) restartInterval = content.length < 2 ? 0 : content.readUInt16BE(0)
    else if (isFrame(second)) frame = readFrame(second, content)
    else if (second === marker.sos) {
      if (frame === undefined) throw new MalformedError('JPEG scan before its frame', at)
      checkScan(content, frame)
      return { ...described(frame, quantization), restartInterval, scan: scanAt(file, end) }
    }
    at = end
  }
}

const startOf = (file: Buffer): number => {
  if (file.length < 4 || file.readUInt16BE(0) !== 0xff00 + marker.soi) throw new MalformedError('JPEG without SOI')
  return 2
}

const segmentAt = (
  file: Buffer,
  start: number,
): { readonly second: number; readonly content: Buffer; readonly end: number } => {
  let at = start
  if (file[at] !== 0xff) throw new MalformedError('JPEG segment without a marker', at)
  // Any number of fill bytes may precede a marker.
  while (file[at + 1] === 0xff) at++
  if (at + 4 > file.length) throw new MalformedError('JPEG segment cut short', at)
  const end = at + 2 + file.readUInt16BE(at + 2)
  if (end > file.length || end < at + 4) throw new MalformedError('JPEG segment beyond the file', at)
  return { second: file[at + 1]!, content: file.subarray(at + 4, end), end }
}

const readQuantization = (content: Buffer, into: Map<number, QuantizationTable>): void => {
  for (let at = 0; at < content.length; ) {
    const precision = content[at]! >> 4 === 0 ? 0 : 1
    const end = at + 1 + tableBytes(precision)
    if (end > content.length) throw new MalformedError('JPEG quantization table cut short', at)
    into.set(content[at]! & 0x0f, { precision, content: content.subarray(at + 1, end) })
    at = end
  }
}

const checkHuffman = (content: Buffer): void => {
  for (let at = 0; at < content.length; ) {
    const known = standardHuffmanTables.find(({ id }) => id === content[at])
    const end = at + 1 + (known?.content.length ?? 0)
    if (known === undefined || !content.subarray(at + 1, end).equals(known.content))
      throw new UnsendableJpegError('with Huffman tables of their own')
    at = end
  }
}

const readFrame = (second: number, content: Buffer): Frame => {
  if (second !== marker.sof0 || content[0] !== 8) throw new UnsendableJpegError('that are not baseline')
  const count = content[5] ?? 0
  if (content.length < 6 + 3 * count) throw new MalformedError('JPEG frame cut short')
  const components = Array.from({ length: count }, (_, i): Component => {
    const at = 6 + 3 * i
    return [content[at]!, content[at + 1]!, content[at + 2]!]
  })
  return { height: content.readUInt16BE(1), width: content.readUInt16BE(3), components }
}

/** All components at once, the first one with the Huffman tables 0, the others with 1. */
const checkScan = (content: Buffer, { components }: Frame): void => {
  const wanted = components.flatMap(([id], i) => [id, i === 0 ? 0x00 : 0x11])
  if (!content.subarray(0, 1 + wanted.length).equals(Buffer.of(components.length, ...wanted)))
    throw new UnsendableJpegError('in several scans')
}

const described = (
  { width, height, components }: Frame,
  quantization: ReadonlyMap<number, QuantizationTable>,
): Pick<SendableJpeg, 'type' | 'width' | 'height' | 'tables'> => {
  if (width > SIDE_PIXELS_MAX || height > SIDE_PIXELS_MAX)
    throw new UnsendableJpegError(`of more than ${SIDE_PIXELS_MAX} pixels a side`)
  if (width === 0 || height === 0) throw new MalformedError('JPEG without a size')
  const [luminance, blue, red] = components
  const blocks = luminance?.[1]
  const type = blocks === 0x21 ? 0 : blocks === 0x22 ? 1 : undefined
  if (components.length !== 3 || type === undefined || blue?.[1] !== 0x11 || red?.[1] !== 0x11)
    throw new UnsendableJpegError('in other than 4:2:0 or 4:2:2')
  const [first, second, third] = components.map(([, , table]) => quantization.get(table))
  if (first === undefined || second === undefined || third === undefined)
    throw new MalformedError('JPEG without its quantization tables')
  if (second.precision !== third.precision || !second.content.equals(third.content))
    throw new UnsendableJpegError('with three quantization tables')
  const content = Buffer.concat([first.content, second.content])
  return { type, width, height, tables: { precision: first.precision | (second.precision << 1), content } }
}

const scanAt = (file: Buffer, start: number): Buffer => {
  const end = file.indexOf(endOfImage, start)
  const scan = file.subarray(start, end < 0 ? file.length : end)
  if (scan.length === 0) throw new MalformedError('JPEG without a scan', start)
  if (scan.length > SCAN_BYTES_MAX) throw new UnsendableJpegError('of more than 16 MiB')
  return scan
}
