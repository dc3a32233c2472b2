import type { RtpPacket } from '../rtp/rtp-packet.ts'
import type { Millis, Ticks } from '../runtime/units.ts'
import type { TrackUnit } from './access-unit.ts'
import { FormMemory } from './form-memory.ts'

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
  /** The form that was asked for last, of whichever group: all its players ask for it in one push, and nobody afterwards. */
  static #last: { readonly group: PacketGroup; readonly key: number; readonly bytes: Buffer } | undefined
  static readonly #memory = new FormMemory()

  constructor(from: PacketGroupParts) {
    this.packets = from.packets
    this.keyframe = from.keyframe
    this.time = from.time
    this.complete = from.complete
    this.arrivedAt = from.arrivedAt
    this.numbering = from.numbering
    let size = 0
    for (const packet of from.packets) size += packet.sizeBytes + INTERLEAVED_BYTES
    this.sizeBytes = size
  }

  /**
   * All packets as they go into an RTSP connection, interleaved (RFC 2326 §10.12), with this
   * channel and payload type. Made once for all who ask one after another; they share the bytes, which are
   * valid until another form is asked for. Who needs them longer says so, by `keepForm`.
   */
  interleaved(channel: number, payloadType: number): Buffer {
    const key = (channel << 8) | payloadType
    const last = PacketGroup.#last
    if (last?.group === this && last.key === key) return last.bytes
    const bytes = this.#write(channel, payloadType)
    PacketGroup.#last = { group: this, key, bytes }
    return bytes
  }

  /** What `interleaved` gave last stays valid for ever: it has not left yet. */
  keepForm(): void {
    PacketGroup.#memory.keep()
  }

  #write(channel: number, payloadType: number): Buffer {
    const out = PacketGroup.#memory.take(this.sizeBytes)
    this.#copyTo(out)
    const { ssrc, sequenceOffset, timestampOffset } = this.numbering
    let at = 0
    for (const { sizeBytes, memory, start, sequenceNumber, timestamp } of this.packets) {
      out[at] = 0x24
      out[at + 1] = channel
      out.writeUInt16BE(sizeBytes, at + 2)
      at += INTERLEAVED_BYTES
      out[at + 1] = (memory[start + 1]! & 0x80) | payloadType
      out.writeUInt16BE((sequenceNumber + sequenceOffset) & 0xffff, at + 2)
      out.writeUInt32BE((timestamp + timestampOffset) >>> 0, at + 4)
      out.writeUInt32BE(ssrc, at + 8)
      at += sizeBytes
    }
    return out
  }

  /** Each packet with room for its frame's head before it. Packets that came in frames, one after another, are copied at once. */
  #copyTo(out: Buffer): void {
    const { packets } = this
    let at = 0
    for (let first = 0; first < packets.length; ) {
      const { memory, start } = packets[first]!
      let { end } = packets[first]!
      let next = first + 1
      for (; next < packets.length; next++) {
        const packet = packets[next]!
        if (packet.memory !== memory || packet.start !== end + INTERLEAVED_BYTES) break
        end = packet.end
      }
      at += INTERLEAVED_BYTES
      memory.copy(out, at, start, end)
      at += end - start
      first = next
    }
  }
}
