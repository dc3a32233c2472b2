import { MalformedError } from '../../runtime/errors.ts'

/** Bytes of the main header, of the restart header and of the head of the quantization tables: RFC 2435 §3.1. */
const MAIN_BYTES = 8
const RESTART_BYTES = 4
const TABLES_BYTES = 4

/** Types from here on have a restart header and are otherwise as the one 64 below: RFC 2435 §3.1.3. */
export const RESTART_TYPE = 64
/** Qualities from here on name tables that are sent, RFC 2435 §3.1.8. */
export const SENT_TABLES_QUALITY = 128

/** The tables that a payload holds, one behind the other. */
export interface SentTables {
  /** A bit for each table, the first one's lowest: whether its values have 16 bits. */
  readonly precision: number
  /** Empty: as those sent before for the same quality. */
  readonly content: Buffer
}

/** One RTP payload of a JPEG picture (RFC 2435 §3.1), as views. */
export interface JpegPayload {
  /** Where its data belongs in the scan, in bytes. */
  readonly offset: number
  /** 0: two luminance blocks side by side to each color; 1: four. */
  readonly type: 0 | 1
  readonly quality: number
  /** Pixels, as the eight bits of the header say them. 0: more than those can say. */
  readonly width: number
  readonly height: number
  /** MCUs between restart markers; 0: there are none. */
  readonly restartInterval: number
  /** Only with the first payload of a picture, and a quality of 128 or more. */
  readonly tables: SentTables | undefined
  readonly data: Buffer
}

/** Reads a payload. Throws `MalformedError` when it is cut short or of a type that nobody sends. */
export const parseJpegPayload = (payload: Buffer): JpegPayload => {
  if (payload.length < MAIN_BYTES) throw new MalformedError('JPEG payload shorter than its header', payload.length)
  const offset = payload.readUIntBE(1, 3)
  const type = payload[4]!
  const quality = payload[5]!
  const restarts = type >= RESTART_TYPE
  const plainType = restarts ? type - RESTART_TYPE : type
  if (plainType !== 0 && plainType !== 1) throw new MalformedError(`JPEG payload of type ${type}`, 4)
  if (quality === 0) throw new MalformedError('JPEG payload without a quality', 5)
  let at = MAIN_BYTES + (restarts ? RESTART_BYTES : 0)
  if (at > payload.length) throw new MalformedError('JPEG restart header cut short', MAIN_BYTES)
  const tables = offset === 0 && quality >= SENT_TABLES_QUALITY ? readTables(payload, at) : undefined
  if (tables !== undefined) at += TABLES_BYTES + tables.content.length
  return {
    offset,
    type: plainType,
    quality,
    width: payload[6]! * 8,
    height: payload[7]! * 8,
    restartInterval: restarts ? payload.readUInt16BE(MAIN_BYTES) : 0,
    tables,
    data: payload.subarray(at),
  }
}

const readTables = (payload: Buffer, at: number): SentTables => {
  if (at + TABLES_BYTES > payload.length) throw new MalformedError('JPEG quantization tables cut short', at)
  const start = at + TABLES_BYTES
  const end = start + payload.readUInt16BE(at + 2)
  if (end > payload.length) throw new MalformedError('JPEG quantization tables beyond the payload', at)
  return { precision: payload[at + 1]!, content: payload.subarray(start, end) }
}

/** What stands before the data of a payload. `tables` are for the first one of a picture. */
export const formatJpegHeader = (payload: Omit<JpegPayload, 'data'>): Buffer => {
  const { offset, type, quality, width, height, restartInterval, tables } = payload
  const restarts = restartInterval > 0
  const size = MAIN_BYTES + (restarts ? RESTART_BYTES : 0) + (tables ? TABLES_BYTES + tables.content.length : 0)
  const header = Buffer.alloc(size)
  header.writeUIntBE(offset, 1, 3)
  header[4] = restarts ? type + RESTART_TYPE : type
  header[5] = quality
  header[6] = Math.ceil(width / 8)
  header[7] = Math.ceil(height / 8)
  if (restarts) {
    header.writeUInt16BE(restartInterval, MAIN_BYTES)
    header.writeUInt16BE(0xffff, MAIN_BYTES + 2) // first, last, count: packets begin anywhere in an interval
  }
  if (tables !== undefined) {
    const at = size - tables.content.length
    header[at - 3] = tables.precision
    header.writeUInt16BE(tables.content.length, at - 2)
    header.set(tables.content, at)
  }
  return header
}
