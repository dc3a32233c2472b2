import { join } from '../../bytes/join.ts'
import { retain } from '../../bytes/retain.ts'
import { AccessUnit } from '../../core/access-unit.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import { sequenceAfter } from '../../rtp/sequence-number.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { type Millis, type Ticks, ticks } from '../../runtime/units.ts'
import type { Depacketizer } from '../codec-spec.ts'
import { onvifSize, recoveredSize } from './camera-sizes.ts'
import { formatJpegFileHeader } from './jpeg-header.ts'
import { endOfImage } from './marker.ts'
import { type QuantizationTable, tableBytes, tablesOfQuality } from './quantization-tables.ts'
import { type JpegPayload, parseJpegPayload, SENT_TABLES_QUALITY, type SentTables } from './rtp-payload.ts'

/** Bytes of one picture's scan: 4K at the best quality has some 6 MiB. */
const SCAN_BYTES_MAX = 8 * 1024 * 1024
/** Pieces of one picture: 8 MiB in packets of 512 bytes. */
const PIECES_MAX = 16_384

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

type Tables = readonly [luminance: QuantizationTable, color: QuantizationTable]

/** RFC 2435 payloads to whole JPEG files. A picture with a hole in it is never given. */
export class JpegDepacketizer implements Depacketizer {
  /** The tables of each quality, as computed or as last sent: at most 255. */
  readonly #tables = new Map<number, Tables>()
  #header: Buffer | undefined
  #pieces: Buffer[] = []
  #haveBytes = 0
  #expected = -1
  #time: Ticks | undefined
  #lastTime = Number.NEGATIVE_INFINITY

  push(group: PacketGroup, emit: (unit: AccessUnit) => void): void {
    if (group.time !== this.#time) {
      // The marker is missing. Without a gap the picture before is whole all the same.
      if (group.packets[0]?.sequenceNumber === this.#expected) this.#finish(group.arrivedAt, emit)
      else this.#drop()
      this.#time = group.time
    }
    for (const packet of group.packets) {
      this.#expected = sequenceAfter(packet.sequenceNumber)
      if (packet.payload.length > 0) this.#take(packet)
    }
    if (group.complete) this.#finish(group.arrivedAt, emit)
  }

  #take(packet: RtpPacket): void {
    try {
      const payload = parseJpegPayload(packet.payload)
      if (payload.offset === 0) this.#begin(payload, packet)
      if (this.#header !== undefined && payload.offset === this.#haveBytes) this.#add(payload.data)
      else this.#drop()
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.#drop()
    }
  }

  #begin(payload: JpegPayload, packet: RtpPacket): void {
    const { type, restartInterval } = payload
    const [width, height] = onvifSize(packet) ?? recoveredSize(payload.width, payload.height)
    const [luminance, color] = this.#tablesOf(payload)
    this.#drop()
    this.#header = formatJpegFileHeader({ width, height, type, restartInterval, luminance, color })
  }

  #tablesOf({ quality, tables }: JpegPayload): Tables {
    if (tables !== undefined && tables.content.length > 0) this.#tables.set(quality, splitTables(tables))
    const known = this.#tables.get(quality)
    if (known !== undefined) return known
    if (quality >= SENT_TABLES_QUALITY) throw new MalformedError(`JPEG quality ${quality} without its tables`)
    const computed = tablesOfQuality(quality)
    this.#tables.set(quality, computed)
    return computed
  }

  #add(data: Buffer): void {
    if (data.length === 0) return
    this.#pieces.push(data)
    this.#haveBytes += data.length
    if (this.#haveBytes > SCAN_BYTES_MAX || this.#pieces.length > PIECES_MAX) this.#drop()
  }

  #drop(): void {
    this.#header = undefined
    this.#pieces = []
    this.#haveBytes = 0
  }

  #finish(arrivedAt: Millis, emit: (unit: AccessUnit) => void): void {
    const header = this.#header
    const pieces = this.#pieces
    this.#drop()
    if (header === undefined || pieces.length === 0 || this.#time === undefined) return
    const decodingTime = ticks(Math.max(this.#time, this.#lastTime + 1))
    this.#lastTime = decodingTime
    const parts = [wholeFile(header, pieces)]
    emit(new AccessUnit({ keyframe: true, decodingTime, framing: 'frame', parts, configuration: none, arrivedAt }))
  }
}

/** One table for everything, or one for luminance and one for color. */
const splitTables = ({ precision, content }: SentTables): Tables => {
  const first = tableAt(content, 0, precision & 1)
  const end = first.content.length
  return [first, content.length > end ? tableAt(content, end, (precision >> 1) & 1) : first]
}

const tableAt = (content: Buffer, at: number, precision: number): QuantizationTable => {
  const end = at + tableBytes(precision)
  if (end > content.length) throw new MalformedError('JPEG quantization table cut short', at)
  return { precision: precision === 0 ? 0 : 1, content: retain(content.subarray(at, end)) }
}

const wholeFile = (header: Buffer, pieces: readonly Buffer[]): Buffer => {
  // QUIRK some cameras send the marker that ends the file, others leave it out.
  return join(endsImage(pieces) ? [header, ...pieces] : [header, ...pieces, endOfImage])
}

/** The marker may be cut in two. */
const endsImage = (pieces: readonly Buffer[]): boolean =>
  Buffer.concat(pieces.slice(-2).map(piece => piece.subarray(-2)))
    .subarray(-2)
    .equals(endOfImage)
