import { retain } from '../bytes/retain.ts'
import type { Codec } from '../core/codec.ts'
import { PacketGroup, type RtpNumbering } from '../core/packet-group.ts'
import type { PacketTrack } from '../core/track.ts'
import { RtpPacket } from '../rtp/rtp-packet.ts'
import { sequenceAfter, sequenceDistance } from '../rtp/sequence-number.ts'
import { SourceClock, type TrackClock } from '../rtp/source-clock.ts'
import { timestampDistance } from '../rtp/timestamp.ts'
import type { Clock } from '../runtime/clock.ts'
import { type Millis, millis, type Ticks, ticks, ticksIn } from '../runtime/units.ts'
import type { CodecSpec } from './codec-spec.ts'

/** Bytes after which a long keyframe goes on in pieces, so that viewers need not wait for its end. */
const GROUP_BYTES_MAX = 64 * 1024
/** Milliseconds after which it does. */
const GROUP_AGE_MS_MAX = 10
/** Seconds by which a timestamp may jump ahead and still count as the same timeline. */
const JUMP_SECONDS_MAX = 10
/** Seconds by which it may go back: B-pictures and late packets. More, and the source has set its clock. */
const BACK_SECONDS_MAX = 1
/** Packets that may be missing, or come late, before the sender counts as started over: RFC 3550 §A.1. */
const DROPOUT_PACKETS_MAX = 3000
const LATE_PACKETS_MAX = 100

/** Packets of sound that are a smaller part of their memory than this are copied: half a minute of it would pin the pictures it came with. */
const VIEW_SHARE_MIN = 0.5

/** RTP numbering that outlives a connection. */
export interface Numbered {
  readonly ssrc: number
  /** The sequence number the next packet leaves with. */
  nextSequenceNumber: number
}

/** How a packet assembler is made. */
export interface PacketAssemblerOptions {
  readonly track: PacketTrack
  /** As agreed; packets of another payload type are ignored when it says one. */
  readonly codec: Codec
  /** What the engine knows of the codec; without it every picture counts as a keyframe. */
  readonly spec: CodecSpec | undefined
  readonly clock: Clock
  /** Advanced as packets go. */
  readonly continuity: Numbered
  /** Keeps it together with other tracks of its connection. Default: it is on its own. */
  readonly timing?: TrackClock
}

/**
 * Puts the RTP packets of one source's track together to groups of one instant, on the engine's
 * timeline, and pushes them into the track. Never throws, whatever comes. Holds at most one group.
 */
export class PacketAssembler {
  readonly #track: PacketTrack
  readonly #codec: Codec
  readonly #spec: CodecSpec | undefined
  readonly #clock: Clock
  readonly #continuity: Numbered
  readonly #timing: TrackClock
  #packets: RtpPacket[] = []
  #sizeBytes = 0
  #begunAt: Millis = millis(0)
  #arrivedAt: Millis = millis(0)
  #ssrc = -1
  #sequence = 0
  #timestamp = 0
  #time: Ticks = ticks(0)
  #timeMax = -1
  #numbering: RtpNumbering
  /** The instant has shown more than what leads a picture. */
  #pictureSeen = false
  /** The instant is a keyframe, and no group has said so yet. */
  #keyframe = false

  constructor(options: PacketAssemblerOptions) {
    this.#track = options.track
    this.#codec = options.codec
    this.#spec = options.spec
    this.#clock = options.clock
    this.#continuity = options.continuity
    this.#timing = options.timing ?? new SourceClock().track(options.codec.clockRate)
    this.#numbering = { ssrc: options.continuity.ssrc, sequenceOffset: 0, timestampOffset: 0 }
  }

  /** Takes the next packet as it came; it must stay valid. */
  push(packet: RtpPacket): void {
    const { payloadType } = this.#codec
    if (payloadType !== undefined && packet.payloadType !== payloadType) return
    const now = this.#clock.now()
    const sequence = packet.sequenceNumber
    const timestamp = packet.timestamp
    if (packet.ssrc !== this.#ssrc) this.#restart(packet, now)
    else {
      const ahead = sequenceDistance(this.#sequence, sequence)
      if (ahead > DROPOUT_PACKETS_MAX || ahead < -LATE_PACKETS_MAX) this.#renumber(sequence)
      if (timestamp !== this.#timestamp) this.#nextInstant(timestamp, ahead === 1, now)
    }
    this.#arrivedAt = now
    this.#add(packet, sequence, now)
    if (this.#codec.kind === 'audio') this.#flush(true)
    else this.#flushIfDue(packet.marker, now)
  }

  #add(packet: RtpPacket, sequence: number, now: Millis): void {
    if (this.#packets.length === 0) this.#begunAt = now
    this.#packets.push(this.#codec.kind === 'audio' ? owning(packet) : packet)
    this.#sizeBytes += packet.sizeBytes
    this.#sequence = sequence
    const leaves = (sequence + this.#numbering.sequenceOffset) & 0xffff
    if (sequenceDistance(this.#continuity.nextSequenceNumber, leaves) >= 0)
      this.#continuity.nextSequenceNumber = sequenceAfter(leaves)
    if (!this.#pictureSeen) this.#classify(packet.payload)
  }

  #classify(payload: Buffer): void {
    if (this.#spec === undefined || this.#spec.startsKeyframe(payload)) {
      this.#pictureSeen = true
      this.#keyframe = true
    } else {
      this.#pictureSeen = !this.#spec.leadsPicture(payload)
    }
  }

  #flushIfDue(marker: boolean, now: Millis): void {
    const large = this.#sizeBytes >= GROUP_BYTES_MAX
    // Parameter sets wait for their picture, marker or not: together they begin a keyframe.
    const due = this.#pictureSeen && (marker || now - this.#begunAt > GROUP_AGE_MS_MAX)
    if (large || due) this.#flush(marker)
  }

  /** `complete`: the instant's last packet is in it. */
  #flush(complete: boolean): void {
    const packets = this.#packets
    if (packets.length === 0) return
    this.#packets = []
    this.#sizeBytes = 0
    const keyframe = this.#keyframe || this.#codec.kind === 'audio'
    this.#keyframe = false
    const arrivedAt = this.#arrivedAt
    const numbering = this.#numbering
    this.#track.push(new PacketGroup({ packets, keyframe, time: this.#time, complete, arrivedAt, numbering }))
  }

  #restart(packet: RtpPacket, now: Millis): void {
    this.#flush(false)
    this.#ssrc = packet.ssrc
    this.#renumber(packet.sequenceNumber)
    this.#anchor(packet.timestamp, now)
  }

  #renumber(sequence: number): void {
    this.#flush(false)
    const sequenceOffset = (this.#continuity.nextSequenceNumber - sequence) & 0xffff
    this.#numbering = { ...this.#numbering, sequenceOffset }
  }

  #nextInstant(timestamp: number, contiguous: boolean, now: Millis): void {
    // Without a packet missing, the instant is whole even where the marker was forgotten.
    this.#flush(contiguous)
    const ahead = timestampDistance(this.#timestamp, timestamp)
    const { clockRate } = this.#codec
    if (ahead > JUMP_SECONDS_MAX * clockRate || ahead < -BACK_SECONDS_MAX * clockRate) this.#anchor(timestamp, now)
    else this.#begin(timestamp, this.#timing.follow(timestamp, ahead, now))
  }

  /** Puts a timestamp at the clock's present time, or after the last one where that was ahead of the clock. */
  #anchor(timestamp: number, now: Millis): void {
    const time = ticks(Math.max(ticksIn(now, this.#codec.clockRate), this.#timeMax + 1))
    this.#timing.anchor(timestamp, time, now)
    this.#begin(timestamp, time)
  }

  #begin(timestamp: number, time: Ticks): void {
    this.#timestamp = timestamp
    this.#time = time
    const timestampOffset = (time - timestamp) >>> 0
    if (timestampOffset !== this.#numbering.timestampOffset) this.#numbering = { ...this.#numbering, timestampOffset }
    this.#timeMax = Math.max(this.#timeMax, time)
    this.#pictureSeen = false
    this.#keyframe = false
  }
}

const owning = (packet: RtpPacket): RtpPacket => {
  const { buffer } = packet
  return buffer.length < buffer.buffer.byteLength * VIEW_SHARE_MIN ? RtpPacket.parse(retain(buffer)) : packet
}
