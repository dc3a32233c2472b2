import { asPackets } from '../../codecs/adapt.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import { Sender } from '../../core/sender.ts'
import type { SentFact } from '../../core/session-record.ts'
import type { AnyTrack, PacketTrack, TrackOutlet } from '../../core/track.ts'
import type { Nack, ReportBlock } from '../../rtp/rtcp-packet.ts'
import { roundTripOf } from '../../rtp/sender-report.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { IceSession } from './ice-session.ts'
import type { NegotiatedPayload, SentMedia } from './negotiated-media.ts'
import { OutboundTrack, type OutboundTrackOptions } from './outbound-track.ts'

/** Bytes of a packet of ours, RTP header included: what passes all usual tunnels, as browsers themselves send. */
const PACKET_BYTES_MAX = 1200
/** Milliseconds between two times that the group of pictures at hand is sent again to who lost one. */
const REFRESH_MS_MIN = 500

/** A track as packets that fit; `undefined` where the engine cannot pack it. */
export const packetsFor = (track: AnyTrack): PacketTrack | undefined => asPackets(track, PACKET_BYTES_MAX, 'cached')

/** What a lane works with. */
export interface SendingLaneOptions {
  readonly sent: SentMedia
  readonly clock: Clock
  readonly ice: IceSession
  /** Told of the bytes of each group that has left. */
  readonly count: (bytes: number) => void
  /** The peer took nothing for 10 s. */
  readonly stuck: () => void
  /** Told of a mistake of ours: it ends this peer, and no other. */
  readonly failed: (error: unknown) => void
}

/** What there is once the peer is connected. */
export type SendingLink = Omit<OutboundTrackOptions, 'sent' | 'clock' | 'ice'>

/**
 * What we send on one m-line: takes from one track at a time, and is one RTP stream whichever track that is.
 * Before the peer is connected it only keeps the track.
 */
export class SendingLane implements Disposable {
  readonly #options: SendingLaneOptions
  readonly #holder: TrackOutlet<PacketGroup>
  readonly sender: Sender<PacketGroup>
  #track: PacketTrack | undefined
  #payload: NegotiatedPayload
  #outbound: OutboundTrack | undefined
  #refreshedAt = 0
  #refreshCount = 0
  #firsts: Pick<SentFact, 'firstPacketAt' | 'firstKeyframeAt'> = {}
  #reception: Pick<SentFact, 'lostShare' | 'roundTripMs'> = {}
  #lastTime = Number.NEGATIVE_INFINITY
  #hasReordering = false

  constructor(options: SendingLaneOptions) {
    const { sent, ice, clock, stuck, failed } = options
    this.#options = options
    this.#payload = sent.payloads[0]!
    this.sender = new Sender<PacketGroup>({
      sink: {
        get pendingBytes() {
          return ice.selected?.pendingBytes ?? 0
        },
      },
      deliver: group => this.#send(group),
      ...{ clock, stuck, failed },
    })
    this.#holder = { id: this.sender.id, push() {} }
  }

  get sent(): SentMedia {
    return this.#options.sent
  }

  get track(): PacketTrack | undefined {
    return this.#track
  }

  /** What it is sent in now. */
  get payload(): NegotiatedPayload {
    return this.#payload
  }

  /** Some picture was shown before another that was sent before it: browsers do not put such pictures in order. */
  get hasReordering(): boolean {
    return this.#hasReordering
  }

  /** What was sent so far, for the history. */
  fact(mid: string): SentFact {
    const outbound = this.#outbound
    const { lostShare, roundTripMs } = this.#reception
    return {
      ...{ mid, codec: this.#payload.codec.name, dropped: this.sender.droppedCount },
      ...{ packets: outbound?.packetCount ?? 0, bytes: outbound?.octetCount ?? 0 },
      ...{ missed: outbound?.missedCount ?? 0, resent: outbound?.resentCount ?? 0 },
      ...{ keyframeRequests: this.#refreshCount, ...this.#firsts },
      ...(lostShare !== undefined && { lostShare }),
      ...(roundTripMs !== undefined && { roundTripMs }),
    }
  }

  /** The peer is connected: what is kept flows, pictures from the last keyframe on. */
  begin(link: SendingLink): void {
    if (this.#outbound !== undefined) return
    const { sent, clock, ice } = this.#options
    this.#outbound = new OutboundTrack({ ...link, sent, clock, ice })
    this.#outbound.use(this.#payload)
    const track = this.#track
    if (track === undefined) return
    this.#play(track)
    track.detach(this.#holder)
  }

  /** Takes from this track from now on, in this payload. */
  feed(track: PacketTrack, payload: NegotiatedPayload): void {
    const before = this.#track
    this.#track = track
    this.#payload = payload
    this.#outbound?.use(payload)
    if (this.#outbound !== undefined) this.#play(track)
    else {
      track.attach(this.#holder)
      if (before !== track) before?.detach(this.#holder)
    }
  }

  /** Goes over to a track in the same payload, at its first keyframe. */
  moveTo(track: PacketTrack): void {
    const before = this.#track
    if (before === track) return
    this.#track = track
    if (this.#outbound !== undefined) this.sender.moveTo(track)
    else {
      track.attach(this.#holder)
      before?.detach(this.#holder)
    }
  }

  /** Sends nothing until it is fed again. */
  rest(): void {
    this.sender.detach()
    this.#track?.detach(this.#holder)
    this.#track = undefined
  }

  /** Tells which moment its RTP time means, where it sends something. */
  report(): void {
    if (this.#track !== undefined) this.#outbound?.report()
  }

  /** What the peer missed comes again. */
  resend(nack: Nack): void {
    this.#outbound?.resend(nack)
  }

  /** What the peer says of what it got. */
  heard(report: ReportBlock): void {
    const roundTripMs = roundTripOf(report, this.#options.clock.wallTime())
    this.#reception = { lostShare: report.fractionLost / 256, ...(roundTripMs !== undefined && { roundTripMs }) }
  }

  /** A picture was lost: the pictures since the last keyframe come again, at most twice a second. */
  refresh(): void {
    this.#refreshCount++
    const now = this.#options.clock.now()
    const track = this.#track
    if (this.#outbound === undefined || track === undefined || now - this.#refreshedAt < REFRESH_MS_MIN) return
    this.#refreshedAt = now
    this.sender.attach(track, true)
  }

  #send(group: PacketGroup): void {
    const outbound = this.#outbound
    if (outbound === undefined) return
    if (this.#firsts.firstKeyframeAt === undefined) this.#noteFirst(group)
    // A refresh goes back to a keyframe; what goes back otherwise is out of order.
    if (group.time < this.#lastTime && !group.keyframe) this.#hasReordering = true
    this.#lastTime = group.time
    this.#options.count(outbound.send(group))
  }

  #noteFirst({ keyframe }: PacketGroup): void {
    const now = this.#options.clock.wallTime()
    this.#firsts = {
      firstPacketAt: this.#firsts.firstPacketAt ?? now,
      ...(keyframe && this.#payload.codec.kind === 'video' && { firstKeyframeAt: now }),
    }
  }

  /** Sound from now on: what is cached of it reaches far back. */
  #play(track: PacketTrack): void {
    this.sender.attach(track, track.codec.kind === 'video')
  }

  [Symbol.dispose](): void {
    this.rest()
    this.sender[Symbol.dispose]()
  }
}
