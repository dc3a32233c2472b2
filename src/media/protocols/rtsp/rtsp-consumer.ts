import { asPackets } from '../../codecs/adapt.ts'
import { sameCodec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { AnySender, Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import { Sender } from '../../core/sender.ts'
import type { AnyTrack, PacketTrack, TrackOutlet } from '../../core/track.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import type { DescribedTrack } from '../../sdp/medias-to-sdp.ts'

/** The first dynamic payload type: RFC 3551 §3. */
const PAYLOAD_TYPE_MIN = 96

/** Where a viewer's packets go, and who is told. */
export interface RtspConsumerOptions {
  readonly medias: readonly Media[]
  readonly remoteAddress: string
  readonly userAgent: string
  readonly clock: Clock
  readonly connection: {
    readonly pendingBytes: number
    write(bytes: Buffer): void
  }
}

/**
 * A player that gets packets inside its RTSP connection. Its tracks are held from DESCRIBE on, so
 * that their source stays, and flow from PLAY on.
 */
export class RtspConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: RtspConsumerOptions
  readonly #lifetime = new Lifetime()
  readonly #outputs: Output[] = []
  #described = false

  constructor(options: RtspConsumerOptions) {
    this.#options = options
    this.medias = options.medias
    this.info = connectionInfo({
      formatName: 'rtsp',
      protocol: 'rtsp+tcp',
      remoteAddress: options.remoteAddress,
      userAgent: options.userAgent,
    })
  }

  get senders(): readonly AnySender[] {
    return this.#outputs.map(({ sender }) => sender)
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  attach(media: Media, track: AnyTrack): void {
    const packets = asPackets(track)
    if (packets === undefined || this.#lifetime.ended) return
    const known = this.#outputs.find(output => output.media === media)
    if (known !== undefined) known.replace(packets)
    else if (!this.#described) this.#outputs.push(this.#output(media, packets))
  }

  accepts(media: Media, track: AnyTrack): boolean {
    const known = this.#outputs.find(output => output.media === media)
    return known !== undefined && sameCodec(known.track.codec, track.codec)
  }

  start(): void {}

  /** The tracks as the player is told of them. None can be added afterwards. */
  describe(): readonly DescribedTrack[] {
    this.#described = true
    return this.#outputs.map(({ track, payloadType }) => ({ codec: track.codec, payloadType }))
  }

  /** The player wants the track of this place: gives its channels, or `undefined` when there is none. */
  setUp(index: number): readonly [rtp: number, rtcp: number] | undefined {
    const output = this.#outputs[index]
    if (output === undefined) return undefined
    output.wanted = true
    return [output.channel, output.channel + 1]
  }

  /** Lets the wanted tracks flow and the others go. */
  play(): void {
    for (const output of this.#outputs) {
      if (output.wanted) output.play()
      else output.release()
    }
  }

  /** Holds the tracks again. */
  pause(): void {
    for (const output of this.#outputs) if (output.wanted) output.hold(output.track)
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #output(media: Media, track: PacketTrack): Output {
    const { connection, clock } = this.#options
    const payloadType = PAYLOAD_TYPE_MIN + this.#outputs.length
    const channel = 2 * this.#outputs.length
    const { info } = this
    const sender = new Sender<PacketGroup>({
      sink: connection,
      clock,
      deliver: group => {
        const bytes = group.interleaved(channel, payloadType)
        info.bytesSent += bytes.length
        connection.write(bytes)
      },
      stuck: () => this.close({ code: 'viewer_stuck', message: 'the player has taken nothing for too long' }),
    })
    const output = new Output(media, sender, channel, payloadType)
    output.hold(track)
    this.#lifetime.defer(() => output.release())
    return output
  }
}

/** One track at one player: held, flowing, or let go. */
class Output {
  readonly media: Media
  readonly sender: Sender<PacketGroup>
  readonly channel: number
  readonly payloadType: number
  /** Keeps the track while nothing may be sent. */
  readonly #holder: TrackOutlet<PacketGroup>
  #track: PacketTrack | undefined
  #state: 'held' | 'playing' | 'released' = 'held'
  wanted = false

  constructor(media: Media, sender: Sender<PacketGroup>, channel: number, payloadType: number) {
    this.media = media
    this.sender = sender
    this.channel = channel
    this.payloadType = payloadType
    this.#holder = { id: sender.id, push() {} }
  }

  get track(): PacketTrack {
    if (this.#track === undefined) throw new TypeError('an output without a track')
    return this.#track
  }

  hold(track: PacketTrack): void {
    const before = this.#track
    this.#track = track
    this.#state = 'held'
    track.attach(this.#holder)
    this.sender.detach()
    if (before !== track) before?.detach(this.#holder)
  }

  play(): void {
    if (this.#state === 'playing') return
    this.#state = 'playing'
    // A player joins at the next keyframe: what is cached would leave it behind for good.
    this.sender.attach(this.track, false)
    this.track.detach(this.#holder)
  }

  replace(track: PacketTrack): void {
    if (this.#state === 'held') this.hold(track)
    if (this.#state !== 'playing') return
    this.#track = track
    this.sender.moveTo(track)
  }

  release(): void {
    this.#state = 'released'
    this.sender.detach()
    this.#track?.detach(this.#holder)
  }
}
