import { MalformedError } from '../runtime/errors.ts'

/** The fixed part of the header, RFC 3550 §5.1. */
const HEADER_BYTES = 12

/** What `RtpPacket.write` puts into a header. */
export interface RtpHeader {
  readonly marker: boolean
  readonly payloadType: number
  readonly sequenceNumber: number
  readonly timestamp: number
  readonly ssrc: number
}

/**
 * One RTP packet, read in place (RFC 3550 §5.1).
 *
 *  0                   1                   2                   3
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |
 *
 * A view: it pins the buffer it was cut from and never changes it.
 */
export class RtpPacket {
  readonly buffer: Buffer
  /** The payload, without header, extensions and padding. */
  readonly payload: Buffer

  private constructor(buffer: Buffer, payload: Buffer) {
    this.buffer = buffer
    this.payload = payload
  }

  /** Reads a packet. Throws `MalformedError` when lengths do not fit or the version is not 2. */
  static parse(buffer: Buffer): RtpPacket {
    if (buffer.length < HEADER_BYTES) throw new MalformedError('RTP packet shorter than its header', buffer.length)
    const first = buffer[0]!
    if (first >> 6 !== 2) throw new MalformedError(`RTP version ${first >> 6}`, 0)
    let start = HEADER_BYTES + (first & 0x0f) * 4
    if ((first & 0x10) !== 0) {
      if (start + 4 > buffer.length) throw new MalformedError('RTP header extension beyond the packet', start)
      start += 4 + buffer.readUInt16BE(start + 2) * 4
    }
    let end = buffer.length
    if ((first & 0x20) !== 0) end -= buffer[end - 1]!
    if (start > end) throw new MalformedError('RTP payload has a negative length', start)
    return new RtpPacket(buffer, buffer.subarray(start, end))
  }

  /** Writes a header without CSRC or extension at `offset`; returns where the payload begins. */
  static write(target: Buffer, offset: number, header: RtpHeader): number {
    target[offset] = 0x80
    target[offset + 1] = (header.marker ? 0x80 : 0) | (header.payloadType & 0x7f)
    target.writeUInt16BE(header.sequenceNumber & 0xffff, offset + 2)
    target.writeUInt32BE(header.timestamp >>> 0, offset + 4)
    target.writeUInt32BE(header.ssrc >>> 0, offset + 8)
    return offset + HEADER_BYTES
  }

  get marker(): boolean {
    return (this.buffer[1]! & 0x80) !== 0
  }

  get payloadType(): number {
    return this.buffer[1]! & 0x7f
  }

  get sequenceNumber(): number {
    return this.buffer.readUInt16BE(2)
  }

  get timestamp(): number {
    return this.buffer.readUInt32BE(4)
  }

  get ssrc(): number {
    return this.buffer.readUInt32BE(8)
  }
}
