import { MalformedError } from '../../runtime/errors.ts'
import { crc32c } from './crc32c.ts'

/** Chunks of one packet: a datagram holds no more than some dozens. */
const CHUNKS_MAX = 128
const HEADER_BYTES = 12
const CHECKSUM_AT = 8
const CHUNK_HEADER_BYTES = 4

/** One chunk (RFC 9260 §3.2), or one parameter of a chunk, which has no flags. */
export interface SctpChunk {
  readonly type: number
  readonly flags: number
  /** Without header and padding. */
  readonly body: Buffer
}

/** A packet (RFC 9260 §3.1). */
export interface SctpPacket {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly verificationTag: number
  readonly chunks: readonly SctpChunk[]
}

/** Types of chunks: RFC 9260 §3.2, RFC 3758 §3.2, RFC 6525 §3.1. */
export const chunkTypes = {
  ...{ DATA: 0, INIT: 1, INIT_ACK: 2, SACK: 3, HEARTBEAT: 4, HEARTBEAT_ACK: 5, ABORT: 6, SHUTDOWN: 7 },
  ...{ SHUTDOWN_ACK: 8, COOKIE_ECHO: 10, COOKIE_ACK: 11, SHUTDOWN_COMPLETE: 14, RECONFIG: 130, FORWARD_TSN: 192 },
} as const

/** Reads a packet. Throws `MalformedError`: lengths or the checksum do not fit. */
export const parseSctpPacket = (bytes: Buffer): SctpPacket => {
  if (bytes.length < HEADER_BYTES) throw new MalformedError('an SCTP packet shorter than its header', bytes.length)
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(0, CHECKSUM_AT)
  if (crc32c(copy) !== bytes.readUInt32LE(CHECKSUM_AT))
    throw new MalformedError('a wrong checksum of SCTP', CHECKSUM_AT)
  return {
    sourcePort: bytes.readUInt16BE(0),
    destinationPort: bytes.readUInt16BE(2),
    verificationTag: bytes.readUInt32BE(4),
    chunks: [...splitChunks(bytes.subarray(HEADER_BYTES))].map(({ head, body }) => ({
      ...{ type: head >> 8, flags: head & 0xff, body },
    })),
  }
}

/** Writes a packet. */
export const formatSctpPacket = ({ sourcePort, destinationPort, verificationTag, chunks }: SctpPacket): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(sourcePort, 0)
  header.writeUInt16BE(destinationPort, 2)
  header.writeUInt32BE(verificationTag, 4)
  const packet = Buffer.concat([header, ...chunks.map(one => formatPart((one.type << 8) | one.flags, one.body))])
  packet.writeUInt32LE(crc32c(packet), CHECKSUM_AT)
  return packet
}

/** The parameters in a chunk's body, by type (RFC 9260 §3.2.1). Throws `MalformedError`. */
export const parseParameters = (body: Buffer): ReadonlyMap<number, Buffer> =>
  new Map([...splitChunks(body)].map(({ head, body: value }) => [head, value]))

/** Writes one parameter. */
export const formatParameter = (type: number, value: Buffer): Buffer => formatPart(type, value)

const splitChunks = function* (bytes: Buffer): Generator<{ readonly head: number; readonly body: Buffer }> {
  let at = 0
  for (let count = 0; at + CHUNK_HEADER_BYTES <= bytes.length; count++) {
    const size = bytes.readUInt16BE(at + 2)
    if (size < CHUNK_HEADER_BYTES || at + size > bytes.length || count >= CHUNKS_MAX)
      throw new MalformedError('a part of SCTP with a length that does not fit', at)
    yield { head: bytes.readUInt16BE(at), body: bytes.subarray(at + CHUNK_HEADER_BYTES, at + size) }
    at += size + (-size & 3)
  }
}

const formatPart = (head: number, body: Buffer): Buffer => {
  const size = CHUNK_HEADER_BYTES + body.length
  const bytes = Buffer.alloc(size + (-size & 3))
  bytes.writeUInt16BE(head, 0)
  bytes.writeUInt16BE(size, 2)
  bytes.set(body, CHUNK_HEADER_BYTES)
  return bytes
}
