import { randomInt } from 'node:crypto'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Nack } from '../../rtp/rtcp-packet.ts'
import { formatSenderReport } from '../../rtp/sender-report.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis, ticksIn } from '../../runtime/units.ts'
import type { ProtectedMedia } from './dtls-session.ts'
import type { IceSession } from './ice-session.ts'
import type { NegotiatedPayload, SentMedia } from './negotiated-media.ts'
import { SrtpBatch, SrtpStream } from './srtp-stream.ts'

/** Packets kept for whoever missed them: a second of 4 Mbit/s. */
const HISTORY_PACKETS = 512
/** Packets that are sent again within a second, as a share of the history: a peer that asks for all again and again is no help to anybody. */
const RESENT_PACKETS_A_SECOND = 512
/** A sequence number below half, so that a lost beginning is no puzzle (RFC 3711 §3.3.1). */
const FIRST_SEQUENCE_MAX = 0x7fff

/** What a track is sent with. */
export interface OutboundTrackOptions {
  readonly sent: SentMedia
  readonly ice: Pick<IceSession, 'send'>
  readonly protection: ProtectedMedia
  readonly clock: Clock
  /** Unix milliseconds at the clock's 0, the same for the whole session. */
  readonly wallTimeAtZero: number
  readonly canonicalName: string
}

interface Kept {
  readonly payload: Buffer
  readonly marker: boolean
  readonly timestamp: number
}

/** The group that was laid out last, for whichever viewer: all of its viewers come one after another. */
let lastLayout: { readonly group: PacketGroup; readonly batches: readonly SrtpBatch[] } | undefined

const layoutOf = (group: PacketGroup): readonly SrtpBatch[] => {
  if (lastLayout?.group === group) return lastLayout.batches
  const batches = SrtpBatch.of(group.packets)
  lastLayout = { group, batches }
  return batches
}

/** One track to one peer: numbered without gaps whatever happens at the source, sent again where it was lost, reported. */
export class OutboundTrack {
  readonly #options: OutboundTrackOptions
  #payload: NegotiatedPayload
  readonly #stream: SrtpStream
  readonly #resent: SrtpStream | undefined
  readonly #history = new Map<number, Kept>()
  #reported = false
  #resentSince = 0
  #resentNow = 0
  resentCount = 0
  /** Packets the peer says it missed. */
  missedCount = 0

  constructor(options: OutboundTrackOptions) {
    this.#options = options
    const { sent, protection } = options
    const first = (): number => randomInt(FIRST_SEQUENCE_MAX)
    this.#payload = sent.payloads[0]!
    this.#stream = new SrtpStream(protection.keys, sent.ssrc, this.#payload.payloadType, first())
    const { retransmissionSsrc } = sent
    const retransmissionType = this.#payload.retransmissionType ?? 0
    this.#resent =
      retransmissionSsrc === undefined
        ? undefined
        : new SrtpStream(protection.keys, retransmissionSsrc, retransmissionType, first())
  }

  /** From now on it is sent in this one of its payloads. */
  use(payload: NegotiatedPayload): void {
    this.#payload = payload
    this.#stream.payloadType = payload.payloadType
    if (this.#resent !== undefined) this.#resent.payloadType = payload.retransmissionType ?? 0
  }

  get packetCount(): number {
    return this.#stream.packetCount
  }

  get octetCount(): number {
    return this.#stream.octetCount
  }

  /** Sends a group; gives the bytes of its payloads. */
  send(group: PacketGroup): number {
    if (!this.#reported) {
      // Before the first packet, so that a browser need not move what it has shown already.
      this.report()
      this.#reported = true
    }
    const timestamp = group.time >>> 0
    const before = this.#stream.octetCount
    for (const batch of layoutOf(group)) {
      const first = this.#stream.nextSequence
      this.#stream.send(batch, timestamp, packets => this.#options.ice.send(packets))
      if (this.#resent !== undefined) this.#keep(batch, first, timestamp)
    }
    return this.#stream.octetCount - before
  }

  #keep(batch: SrtpBatch, first: number, timestamp: number): void {
    for (let index = 0; index < batch.lengths.length; index++) {
      const marker = batch.markers[index] === true
      this.#history.set((first + index) & 0xffff, { payload: batch.payload(index), marker, timestamp })
    }
    for (const number of this.#history.keys()) {
      if (this.#history.size <= HISTORY_PACKETS) return
      this.#history.delete(number)
    }
  }

  /** Sends again what is still kept of what was missed (RFC 4588 §4), within bounds. */
  resend({ sequenceNumbers }: Nack): void {
    this.missedCount += sequenceNumbers.length
    if (this.#resent === undefined || this.#payload.retransmissionType === undefined) return
    for (const number of sequenceNumbers) {
      const kept = this.#history.get(number)
      if (kept === undefined || !this.#mayResend()) continue
      const payload = Buffer.allocUnsafe(2 + kept.payload.length)
      payload.writeUInt16BE(number, 0)
      payload.set(kept.payload, 2)
      for (const batch of SrtpBatch.of([{ payload, marker: kept.marker }]))
        this.#resent.send(batch, kept.timestamp, packets => this.#options.ice.send(packets))
      this.resentCount++
    }
  }

  #mayResend(): boolean {
    const now = this.#options.clock.now()
    if (now - this.#resentSince > 1000) {
      this.#resentSince = now
      this.#resentNow = 0
    }
    return ++this.#resentNow <= RESENT_PACKETS_A_SECOND
  }

  /** Tells which moment the track's RTP time means (RFC 3550 §6.4.1). */
  report(): void {
    const { sent, ice, protection, clock, wallTimeAtZero, canonicalName } = this.#options
    const now = clock.now()
    const report = formatSenderReport({
      ssrc: sent.ssrc,
      wallTime: millis(wallTimeAtZero + now),
      rtpTimestamp: ticksIn(now, this.#payload.codec.clockRate) % 2 ** 32,
      packetCount: this.#stream.packetCount >>> 0,
      octetCount: this.#stream.octetCount % 2 ** 32,
      canonicalName,
    })
    ice.send([protection.protectRtcp(report)])
  }
}
