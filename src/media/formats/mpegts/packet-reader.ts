import { MalformedError } from '../../runtime/errors.ts'

/** ISO/IEC 13818-1 §2.4.3.2. */
const PACKET_BYTES = 188
const SYNC = 0x47
/** Bytes without packets after which it is no transport stream: two seconds of a broken 4 Mbit/s. */
const GARBAGE_BYTES_MAX = 1024 * 1024

/** A transport packet with a payload (ISO/IEC 13818-1 §2.4.3.3). */
export interface TransportPacket {
  readonly pid: number
  /** A section or PES packet begins in it. */
  readonly begins: boolean
  readonly continuity: number
  /** It says itself that nothing is to be concluded from its continuity counter. */
  readonly discontinuity: boolean
  /** At least one byte; a view. */
  readonly payload: Buffer
}

/** Cuts a stream of bytes into transport packets, passing over what is between them. Throws `MalformedError` when none come any more. */
export class TransportPacketReader {
  readonly #emit: (packet: TransportPacket) => void
  #rest: Buffer = Buffer.alloc(0)
  #synchronized = true
  #garbage = 0

  /** `emit` gets each packet that has a payload, is not scrambled and not marked as broken. */
  constructor(emit: (packet: TransportPacket) => void) {
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    let at = this.#straddling(chunk)
    if (at < 0) return
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    // A sync byte alone proves nothing: the first one after garbage must have another one behind its packet.
    while (bytes.length - at >= (this.#synchronized ? PACKET_BYTES : PACKET_BYTES + 1)) {
      if (bytes[at] === SYNC && (this.#synchronized || bytes[at + PACKET_BYTES] === SYNC)) {
        this.#synchronized = true
        this.#packet(bytes, at)
        at += PACKET_BYTES
      } else {
        at = this.#nextSync(bytes, at)
      }
    }
    this.#rest = bytes.subarray(at)
  }

  /** Finishes the packet that began in the chunk before; where this chunk goes on, or -1 while it is not whole. */
  #straddling(chunk: Buffer): number {
    const missing = PACKET_BYTES - this.#rest.length
    if (missing === PACKET_BYTES || !this.#synchronized || this.#rest[0] !== SYNC) return 0
    if (chunk.length < missing) {
      this.#rest = Buffer.concat([this.#rest, chunk])
      return -1
    }
    const packet = Buffer.concat([this.#rest, chunk.subarray(0, missing)])
    this.#rest = chunk.subarray(0, 0)
    this.#packet(packet, 0)
    return missing
  }

  #nextSync(bytes: Buffer, from: number): number {
    this.#synchronized = false
    const next = bytes.indexOf(SYNC, from + 1)
    const at = next < 0 ? bytes.length : next
    this.#garbage += at - from
    if (this.#garbage > GARBAGE_BYTES_MAX) throw new MalformedError('no MPEG-TS packets any more')
    return at
  }

  #packet(bytes: Buffer, at: number): void {
    this.#garbage = 0
    const second = bytes[at + 1]!
    const fourth = bytes[at + 3]!
    const hasAdaptation = (fourth & 0x20) !== 0
    const hasPayload = (fourth & 0x10) !== 0
    const unusable = (second & 0x80) !== 0 || (fourth & 0xc0) !== 0 // transport_error_indicator, scrambled
    const adaptationBytes = hasAdaptation ? 1 + bytes[at + 4]! : 0
    const start = 4 + adaptationBytes
    if (unusable || !hasPayload || start >= PACKET_BYTES) return
    this.#emit({
      pid: ((second & 0x1f) << 8) | bytes[at + 2]!,
      begins: (second & 0x40) !== 0,
      continuity: fourth & 0x0f,
      discontinuity: adaptationBytes > 1 && (bytes[at + 5]! & 0x80) !== 0,
      payload: bytes.subarray(at + start, at + PACKET_BYTES),
    })
  }
}
