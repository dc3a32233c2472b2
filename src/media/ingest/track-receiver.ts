import { PacketAssembler } from '../codecs/packet-assembler.ts'
import { codecSpec } from '../codecs/registry.ts'
import { isSniffed, VideoSniffer } from '../codecs/video-sniffer.ts'
import type { PacketTrack } from '../core/track.ts'
import { Reception } from '../rtp/reception.ts'
import { ReorderBuffer } from '../rtp/reorder-buffer.ts'
import { isRtcp, parseRtcp, type ReportBlock, type RtcpPacket } from '../rtp/rtcp-packet.ts'
import { RtpPacket } from '../rtp/rtp-packet.ts'
import type { SourceClock, TrackClock } from '../rtp/source-clock.ts'
import type { Clock } from '../runtime/clock.ts'
import { LimitError, MalformedError } from '../runtime/errors.ts'
import type { Millis } from '../runtime/units.ts'
import type { RtpContinuity } from '../streams/scheme.ts'

/** Gets what one media's carrier brings. The bytes stay valid for ever. */
export interface PacketReceiver {
  rtp(memory: Buffer, start: number, end: number): void
  rtcp(bytes: Buffer): void
}

/** What a receiver works with. */
export interface TrackReceiverOptions {
  /** Packets may have another payload type than the track's: there is nothing to tell apart. */
  readonly anyPayloadType: boolean
  /** Packets may be lost, come twice or in another order. */
  readonly lossy: boolean
  /** Milliseconds to wait for a packet that is missing; longer where it is asked for again. Default: what networks take to reorder. */
  readonly waitMsMax?: Millis
  readonly track: PacketTrack
  readonly continuity: RtpContinuity
  readonly clock: Clock
  /** Of the connection: keeps its tracks together. */
  readonly sourceClock: SourceClock
  /** Told of each packet that is none. */
  readonly broken: () => void
  /** Told once when the packets are of another codec than the track. */
  readonly mislabelled: (seen: string) => void
  /** Told of a mistake of ours behind the track: over UDP, and by timers, there is nobody else who would catch it. */
  readonly failed: (error: unknown) => void
}

/** Takes one track's RTP and RTCP as a camera or publisher sends them: puts it in order, counts it, and feeds the track. */
export class TrackReceiver implements PacketReceiver, Disposable {
  readonly #options: TrackReceiverOptions
  readonly #payloadType: number | undefined
  readonly #reception: Reception
  readonly #timing: TrackClock
  readonly #assembler: PacketAssembler
  readonly #reorder: ReorderBuffer | undefined
  #sniffer: VideoSniffer | undefined

  constructor(options: TrackReceiverOptions) {
    const { anyPayloadType, lossy, waitMsMax, track, clock, continuity } = options
    const { payloadType, ...codec } = track.codec
    this.#options = options
    if (isSniffed(codec.name)) this.#sniffer = new VideoSniffer(codec.name)
    this.#payloadType = anyPayloadType ? undefined : payloadType
    this.#reception = new Reception(codec.clockRate, clock)
    this.#timing = options.sourceClock.track(codec.clockRate)
    this.#assembler = new PacketAssembler({
      track,
      codec,
      spec: codecSpec(codec.name),
      clock,
      continuity,
      timing: this.#timing,
    })
    const deliver = (packet: RtpPacket): void => this.#push(packet)
    if (lossy) this.#reorder = new ReorderBuffer({ clock, deliver, ...(waitMsMax !== undefined && { waitMsMax }) })
  }

  /** Packets that did not come. */
  get lostCount(): number {
    return this.#reception.lostCount
  }

  rtp(memory: Buffer, start = 0, end = memory.length): void {
    if (end - start >= 2 && isRtcp(memory[start + 1]!)) {
      this.rtcp(memory.subarray(start, end))
      return
    }
    const packet = this.#packet(memory, start, end)
    if (packet === undefined || (this.#payloadType ?? packet.payloadType) !== packet.payloadType) return
    if (this.#sniffer !== undefined) this.#sniff(this.#sniffer, packet.payload)
    this.#reception.take(packet.ssrc, packet.sequenceNumber, packet.timestamp)
    if (this.#reorder === undefined) this.#push(packet)
    else this.#reorder.push(packet)
  }

  rtcp(bytes: Buffer): void {
    for (const packet of this.#reports(bytes)) {
      if (packet.type !== 'SR') continue
      this.#reception.heard(packet)
      this.#timing.heard(packet, this.#options.clock.now())
    }
  }

  /** What the camera should know of its packets; `undefined` before the first one. */
  report(): ReportBlock | undefined {
    return this.#reception.begun ? this.#reception.report() : undefined
  }

  [Symbol.dispose](): void {
    this.#reorder?.[Symbol.dispose]()
  }

  #push(packet: RtpPacket): void {
    try {
      this.#assembler.push(packet)
    } catch (error) {
      this.#options.failed(error)
    }
  }

  #sniff(sniffer: VideoSniffer, payload: Buffer): void {
    const seen = sniffer.look(payload)
    if (sniffer.settled) this.#sniffer = undefined
    if (seen !== undefined) this.#options.mislabelled(seen)
  }

  #packet(memory: Buffer, start: number, end: number): RtpPacket | undefined {
    try {
      return RtpPacket.parse(memory, start, end)
    } catch (error) {
      this.#broken(error)
      return undefined
    }
  }

  #reports(bytes: Buffer): readonly RtcpPacket[] {
    try {
      return parseRtcp(bytes)
    } catch (error) {
      this.#broken(error)
      return []
    }
  }

  #broken(error: unknown): void {
    if (!(error instanceof MalformedError || error instanceof LimitError)) throw error
    this.#options.broken()
  }
}
