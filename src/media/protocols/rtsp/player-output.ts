import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import { Sender } from '../../core/sender.ts'
import type { PacketTrack, TrackOutlet } from '../../core/track.ts'
import { formatSenderReport } from '../../rtp/sender-report.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis, ticksIn } from '../../runtime/units.ts'
import type { PlayerCarrier } from './player-carrier.ts'

/** Header without CSRC or extension, and the interleaved head that a group's size counts in. */
const PACKET_OVERHEAD_BYTES = 16

/** What an output works with. */
export interface PlayerOutputOptions {
  readonly media: Media
  readonly payloadType: number
  readonly clock: Clock
  /** Names the session in sender reports: the same for all its tracks. */
  readonly canonicalName: string
  /** Unix milliseconds at the clock's 0, the same for the whole session: a wall clock may be set meanwhile. */
  readonly wallTimeAtZero: number
  /** Told of bytes that left. */
  readonly sent: (bytes: number) => void
  /** The player has taken nothing for too long. */
  readonly stuck: () => void
  /** Called with a mistake of ours that sending to it threw. */
  readonly failed: (error: unknown) => void
}

/** One track at one player: held, flowing, or let go. Tells the player when each moment was, so that it can keep sound and picture together. */
export class PlayerOutput implements Disposable {
  readonly media: Media
  readonly payloadType: number
  readonly sender: Sender<PacketGroup>
  readonly #options: PlayerOutputOptions
  /** Keeps the track while nothing may be sent. */
  readonly #holder: TrackOutlet<PacketGroup>
  #track: PacketTrack | undefined
  #state: 'held' | 'playing' | 'released' = 'held'
  #carrier: PlayerCarrier | undefined
  #ssrc = -1
  #ended = false
  #packetCount = 0
  #octetCount = 0

  constructor(options: PlayerOutputOptions) {
    this.media = options.media
    this.payloadType = options.payloadType
    this.#options = options
    const pending = (): number => this.#carrier?.pendingBytes ?? 0
    this.sender = new Sender<PacketGroup>({
      sink: {
        get pendingBytes() {
          return pending()
        },
      },
      clock: options.clock,
      deliver: group => this.#deliver(group),
      stuck: options.stuck,
      failed: options.failed,
    })
    this.#holder = { id: this.sender.id, push() {} }
  }

  get track(): PacketTrack {
    if (this.#track === undefined) throw new TypeError('an output without a track')
    return this.#track
  }

  /** How it travels; `undefined`: the player does not want it. */
  get carrier(): PlayerCarrier | undefined {
    return this.#carrier
  }

  /** The player wants it, this way. A way that was still being opened when the player left is closed again. */
  carryBy(carrier: PlayerCarrier): void {
    this.#carrier?.[Symbol.dispose]()
    this.#carrier = carrier
    if (this.#ended) carrier[Symbol.dispose]()
  }

  /** Keeps a track, so that its source stays; nothing flows. */
  hold(track: PacketTrack): void {
    const before = this.#track
    this.#track = track
    this.#state = 'held'
    track.attach(this.#holder)
    this.sender.detach()
    if (before !== track) before?.detach(this.#holder)
  }

  /** Lets it flow from the next keyframe on: what is cached would leave a player behind for good. */
  play(): void {
    if (this.#state === 'playing') return
    this.#state = 'playing'
    this.sender.attach(this.track, false)
    this.track.detach(this.#holder)
  }

  /** Goes over to another track. */
  replace(track: PacketTrack): void {
    if (this.#state === 'held') this.hold(track)
    if (this.#state !== 'playing') return
    this.#track = track
    this.sender.moveTo(track)
  }

  /** Lets the track go. */
  release(): void {
    this.#state = 'released'
    this.sender.detach()
    this.#track?.detach(this.#holder)
  }

  /** Tells the player which moment the track's RTP time means (RFC 3550 §6.4.1). Nothing before the first packet. */
  report(): void {
    const { clock, canonicalName, wallTimeAtZero } = this.#options
    if (this.#carrier === undefined || this.#ssrc < 0) return
    const now = clock.now()
    const rtpTimestamp = ticksIn(now, this.track.codec.clockRate) % 2 ** 32
    const wallTime = millis(wallTimeAtZero + now)
    const counts = { packetCount: this.#packetCount >>> 0, octetCount: this.#octetCount >>> 0 }
    this.#carrier.sendRtcp(formatSenderReport({ ssrc: this.#ssrc, wallTime, rtpTimestamp, ...counts, canonicalName }))
  }

  [Symbol.dispose](): void {
    this.#ended = true
    this.release()
    this.#carrier?.[Symbol.dispose]()
  }

  #deliver(group: PacketGroup): void {
    const carrier = this.#carrier
    if (carrier === undefined) return
    if (group.numbering.ssrc !== this.#ssrc) {
      this.#ssrc = group.numbering.ssrc
      // Before the first packet, so that a player need not move what it has shown already.
      this.report()
    }
    this.#packetCount += group.packets.length
    this.#octetCount += group.sizeBytes - group.packets.length * PACKET_OVERHEAD_BYTES
    this.#options.sent(carrier.send(group, this.payloadType))
  }
}
