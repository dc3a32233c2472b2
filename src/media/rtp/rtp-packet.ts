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
 * It pins the memory it lies in and never changes it. Views of it are made for each who asks: most
 * packets are only passed on.
 */
export class RtpPacket {
  /** What it lies in, among other packets perhaps. */
  readonly memory: Buffer
  /** Where it begins and ends there. */
  readonly start: number
  readonly end: number
  readonly #payloadStart: number
  readonly #payloadEnd: number

  private constructor(memory: Buffer, start: number, end: number, payloadStart: number, payloadEnd: number) {
    this.memory = memory
    this.start = start
    this.end = end
    this.#payloadStart = payloadStart
    this.#payloadEnd = payloadEnd
  }

  /**
   * Reads the packet that the bytes of `memory` from `start` to before `end` are. Throws `MalformedError`
   * when lengths do not fit or the version is not 2.
   */
  static parse(memory: Buffer, start = 0, end = memory.length): RtpPacket {
    const size = end - start
    if (size < HEADER_BYTES) throw new MalformedError('RTP packet shorter than its header', size)
    const first = memory[start]!
    if (first >> 6 !== 2) throw new MalformedError(`RTP version ${first >> 6}`, 0)
    let payloadStart = start + HEADER_BYTES + (first & 0x0f) * 4
    if ((first & 0x10) !== 0) {
      if (payloadStart + 4 > end)
        throw new MalformedError('RTP header extension beyond the packet', payloadStart - start)
      payloadStart += 4 + memory.readUInt16BE(payloadStart + 2) * 4
    }
    const payloadEnd = (first & 0x20) === 0 ? end : end - memory[end - 1]!
    if (payloadStart > payloadEnd) throw new MalformedError('RTP payload has a negative length', payloadStart - start)
    return new RtpPacket(memory, start, end, payloadStart, payloadEnd)
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

  /** All of it. */
  get buffer(): Buffer {
    return this.memory.subarray(this.start, this.end)
  }

  get sizeBytes(): number {
    return this.end - this.start
  }

  /** The payload, without header, extensions and padding. */
  get payload(): Buffer {
    return this.memory.subarray(this.#payloadStart, this.#payloadEnd)
  }

  get marker(): boolean {
    return (this.memory[this.start + 1]! & 0x80) !== 0
  }

  get payloadType(): number {
    return this.memory[this.start + 1]! & 0x7f
  }

  get sequenceNumber(): number {
    return this.memory.readUInt16BE(this.start + 2)
  }

  get timestamp(): number {
    return this.memory.readUInt32BE(this.start + 4)
  }

  get ssrc(): number {
    return this.memory.readUInt32BE(this.start + 8)
  }
}
