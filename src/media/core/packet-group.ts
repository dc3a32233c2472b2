import type { RtpPacket } from '../rtp/rtp-packet.ts'
import type { Millis, Ticks } from '../runtime/units.ts'
import type { TrackUnit } from './access-unit.ts'

/** `$`, channel, length: RFC 2326 §10.12. */
const INTERLEAVED_BYTES = 4

/**
 * How the packets of one track incarnation are renumbered on the way out, so that a viewer sees
 * one RTP stream whatever happens at the source (a reconnect, another source taking over).
 */
export interface RtpNumbering {
  readonly ssrc: number
  /** Added to the source's sequence numbers, modulo 2^16. Gaps of the source stay gaps. */
  readonly sequenceOffset: number
  /** Added to the source's timestamps, modulo 2^32: puts them on the engine's timeline. */
  readonly timestampOffset: number
}

/** What a packet group is made of. */
export interface PacketGroupParts {
  /** Of one instant, in sequence; at least one. Views that stay valid: nobody writes their memory again. */
  readonly packets: readonly RtpPacket[]
  /** It begins a keyframe. Further pieces of the same keyframe say false. */
  readonly keyframe: boolean
  /** Of the packets' RTP timestamp, on the engine's timeline, in ticks of the codec's clock; unwrapped. */
  readonly time: Ticks
  /** The last packet of the instant is in it: RTP's marker for video, always for audio. */
  readonly complete: boolean
  readonly arrivedAt: Millis
  readonly numbering: RtpNumbering
}

/**
 * RTP packets of one instant that leave together: a picture, an audio packet, or a piece of a
 * long keyframe. Sharing one buffer among all viewers of one form is what makes fan-out cheap.
 */
export class PacketGroup implements TrackUnit {
  readonly packets: readonly RtpPacket[]
  readonly keyframe: boolean
  readonly time: Ticks
  readonly complete: boolean
  readonly arrivedAt: Millis
  readonly numbering: RtpNumbering
  /** Of the interleaved form. */
  readonly sizeBytes: number
  #form: Buffer | undefined
  #formKey = -1

  constructor(from: PacketGroupParts) {
    this.packets = from.packets
    this.keyframe = from.keyframe
    this.time = from.time
    this.complete = from.complete
    this.arrivedAt = from.arrivedAt
    this.numbering = from.numbering
    let size = 0
    for (const packet of from.packets) size += packet.buffer.length + INTERLEAVED_BYTES
    this.sizeBytes = size
  }

  /**
   * All packets as they go into an RTSP connection, interleaved (RFC 2326 §10.12), with this
   * channel and payload type. Made once a form; viewers of the same form share the bytes.
   */
  interleaved(channel: number, payloadType: number): Buffer {
    const key = (channel << 8) | payloadType
    if (this.#form === undefined || this.#formKey !== key) {
      this.#form = this.#write(channel, payloadType)
      this.#formKey = key
    }
    return this.#form
  }

  #write(channel: number, payloadType: number): Buffer {
    const out = Buffer.allocUnsafeSlow(this.sizeBytes)
    const { ssrc, sequenceOffset, timestampOffset } = this.numbering
    let at = 0
    for (const { buffer, sequenceNumber, timestamp } of this.packets) {
      out[at] = 0x24
      out[at + 1] = channel
      out.writeUInt16BE(buffer.length, at + 2)
      at += INTERLEAVED_BYTES
      out.set(buffer, at)
      out[at + 1] = (buffer[1]! & 0x80) | payloadType
      out.writeUInt16BE((sequenceNumber + sequenceOffset) & 0xffff, at + 2)
      out.writeUInt32BE((timestamp + timestampOffset) >>> 0, at + 4)
      out.writeUInt32BE(ssrc, at + 8)
      at += buffer.length
    }
    return out
  }
}
