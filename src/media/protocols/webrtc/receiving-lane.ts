import type { ReceivedFact } from '../../core/session-record.ts'
import type { PacketTrack } from '../../core/track.ts'
import { TrackReceiver } from '../../ingest/track-receiver.ts'
import { formatRtcp, type ReportBlock, type RtcpPacket } from '../../rtp/rtcp-packet.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import type { SourceClock } from '../../rtp/source-clock.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import type { RtpContinuity } from '../../streams/scheme.ts'
import { LOSS_MS_MAX, LossTracker } from './loss-tracker.ts'
import type { ReceivedMedia } from './negotiated-media.ts'

/** Milliseconds between two looks at what is missing, while something is. */
const LOOK_MS = 20
/** Milliseconds between two keyframes that are asked for because something was lost. */
const KEYFRAME_MS_MIN = 500
/** Before what is sent again: the number it had (RFC 4588 §4). */
const ORIGINAL_NUMBER_BYTES = 2
const HEADER_BYTES = 12

/** What a lane works with. */
export interface ReceivingLaneOptions {
  readonly received: ReceivedMedia
  readonly track: PacketTrack
  readonly continuity: RtpContinuity
  /** Of the connection: keeps its tracks together. */
  readonly sourceClock: SourceClock
  readonly clock: Clock
  /** Protects and sends a compound packet. */
  readonly sendRtcp: (bytes: Buffer) => void
  /** Told of a mistake of ours: it ends this peer, and no other. */
  readonly failed: (error: unknown) => void
  /** Told once when the packets are of another codec than was agreed. */
  readonly mislabelled?: (seen: string) => void
}

/** What a peer sends on one m-line: in order, asked for again where it was lost, pictures asked for where that was in vain. */
export class ReceivingLane implements Disposable {
  readonly #options: ReceivingLaneOptions
  readonly #receiver: TrackReceiver
  readonly #losses = new LossTracker()
  #looking: Disposable | undefined
  #ssrc: number | undefined
  #keyframeAskedAt = Number.NEGATIVE_INFINITY
  /** Packets that did not come at all, and those that came when they were asked for. */
  lostCount = 0
  recoveredCount = 0
  keyframeRequestCount = 0
  brokenCount = 0

  constructor(options: ReceivingLaneOptions) {
    const { received, track, continuity, sourceClock, clock, failed, mislabelled } = options
    this.#options = options
    const isVideo = track.codec.kind === 'video'
    this.#receiver = new TrackReceiver({
      ...{ track, continuity, sourceClock, clock, failed, anyPayloadType: false, lossy: true },
      ...(isVideo && received.payload.retransmissionType !== undefined && { waitMsMax: millis(LOSS_MS_MAX) }),
      broken: () => this.brokenCount++,
      mislabelled: seen => mislabelled?.(seen),
    })
  }

  get received(): ReceivedMedia {
    return this.#options.received
  }

  get track(): PacketTrack {
    return this.#options.track
  }

  /** What came so far, for the history. */
  fact(mid: string): ReceivedFact {
    const { lostCount, recoveredCount, keyframeRequestCount, track } = this
    const counts = { lost: lostCount, recovered: recoveredCount, keyframeRequests: keyframeRequestCount }
    return { mid, codec: track.codec.name, ...counts }
  }

  /** One RTP packet of this m-line, which stays valid. */
  take(packet: RtpPacket): void {
    const { payloadType, retransmissionType } = this.#options.received.payload
    if (packet.payloadType === payloadType) this.#takeFirst(packet)
    else if (packet.payloadType === retransmissionType) this.#takeAgain(packet)
  }

  /** What the peer's reports say of its time, if they are of this lane. */
  hear(packet: RtcpPacket): void {
    if (packet.type === 'SR' && packet.ssrc === this.#ssrc) this.#receiver.rtcp(formatRtcp([packet]))
  }

  /** What there is to tell the peer of its packets; `undefined` before the first. */
  report(): ReportBlock | undefined {
    return this.#receiver.report()
  }

  /** The stream that comes; `undefined` before its first packet. */
  get ssrc(): number | undefined {
    return this.#ssrc
  }

  /** Asks the peer for a keyframe, at most twice a second. */
  askForKeyframe(): void {
    const { clock, sendRtcp, received } = this.#options
    const now = clock.now()
    if (this.#ssrc === undefined || now - this.#keyframeAskedAt < KEYFRAME_MS_MIN) return
    if (this.track.codec.kind !== 'video') return
    this.#keyframeAskedAt = now
    this.keyframeRequestCount++
    sendRtcp(this.#compound({ type: 'PLI', ssrc: received.ssrc, mediaSsrc: this.#ssrc }))
  }

  #takeFirst(packet: RtpPacket): void {
    if (packet.ssrc !== this.#ssrc) {
      this.#ssrc = packet.ssrc
      this.#losses.restart()
      this.askForKeyframe()
    }
    if (!this.#losses.take(packet.sequenceNumber, this.#options.clock.now())) this.askForKeyframe()
    this.#watchLosses()
    this.#receiver.rtp(packet.memory, packet.start, packet.end)
  }

  /** As it was the first time (RFC 4588 §4). Padding that only measures the way has no number in it. */
  #takeAgain(packet: RtpPacket): void {
    const { payload, marker, timestamp } = packet
    if (this.#ssrc === undefined || payload.length < ORIGINAL_NUMBER_BYTES) return
    const sequenceNumber = payload.readUInt16BE(0)
    const { payloadType } = this.#options.received.payload
    const original = Buffer.allocUnsafeSlow(HEADER_BYTES + payload.length - ORIGINAL_NUMBER_BYTES)
    RtpPacket.write(original, 0, { marker, payloadType, sequenceNumber, timestamp, ssrc: this.#ssrc })
    original.set(payload.subarray(ORIGINAL_NUMBER_BYTES), HEADER_BYTES)
    this.#losses.take(sequenceNumber, this.#options.clock.now())
    this.recoveredCount++
    this.#receiver.rtp(original)
  }

  #watchLosses(): void {
    if (this.#losses.complete || this.#looking !== undefined || this.track.codec.kind !== 'video') return
    this.#looking = this.#options.clock.every(millis(LOOK_MS), () => this.#look())
  }

  #look(): void {
    const { clock, sendRtcp, received } = this.#options
    const { ask, lostCount } = this.#losses.due(clock.now())
    if (ask.length > 0 && this.#ssrc !== undefined) {
      const nack = { type: 'NACK', ssrc: received.ssrc, mediaSsrc: this.#ssrc, sequenceNumbers: ask } as const
      sendRtcp(this.#compound(nack))
    }
    this.lostCount += lostCount
    if (lostCount > 0) this.askForKeyframe()
    if (this.#losses.complete) this.#stopLooking()
  }

  /** Feedback goes behind a report (RFC 3550 §6.1), which may be empty. */
  #compound(feedback: RtcpPacket): Buffer {
    return formatRtcp([{ type: 'RR', ssrc: this.#options.received.ssrc, reports: [] }, feedback])
  }

  #stopLooking(): void {
    this.#looking?.[Symbol.dispose]()
    this.#looking = undefined
  }

  [Symbol.dispose](): void {
    this.#stopLooking()
    this.#receiver[Symbol.dispose]()
  }
}
