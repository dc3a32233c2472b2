import { announcedCodec, asPackets } from '../../codecs/adapt.ts'
import { type Codec, sameCodec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { AnySender, Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { AnyTrack, PacketTrack } from '../../core/track.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import type { DescribedTrack } from '../../sdp/medias-to-sdp.ts'
import type { PlayerCarrier } from './player-carrier.ts'
import { PlayerOutput } from './player-output.ts'
import { PlayerVoice } from './player-voice.ts'

/** The first dynamic payload type: RFC 3551 §3. */
const PAYLOAD_TYPE_MIN = 96
/** Milliseconds between two sender reports: RFC 3550 §6.2. */
const REPORT_MS = 5_000

/** Where a viewer's packets go, and who is told. */
export interface RtspConsumerOptions {
  readonly medias: readonly Media[]
  /** The source the player is itself part of, as its query says. */
  readonly source?: string
  /** Bytes a packet may have, header included, as the player asks; absent: packets as the camera made them. */
  readonly packetBytesMax?: number
  readonly remoteAddress: string
  readonly userAgent: string
  readonly clock: Clock
}

/** How a track may be set up: for what is sent, or for what the player says. */
export interface TrackSetup {
  readonly transport: string
}

/**
 * A player that gets packets by RTSP. Its tracks are held from DESCRIBE on, so that their source stays, and flow
 * from PLAY on. What it says comes as tracks of its own.
 */
export class RtspConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly source?: string
  readonly #options: RtspConsumerOptions
  readonly #lifetime = new Lifetime()
  readonly #outputs: PlayerOutput[] = []
  readonly #voices = new Map<Media, PlayerVoice>()
  readonly #wallTimeAtZero: number
  #described = false
  #playing = false

  constructor(options: RtspConsumerOptions) {
    const { clock, source } = options
    this.#options = options
    this.medias = options.medias
    if (source !== undefined) this.source = source
    this.#wallTimeAtZero = clock.wallTime() - clock.now()
    this.info = connectionInfo({
      formatName: 'rtsp',
      protocol: 'rtsp+tcp',
      remoteAddress: options.remoteAddress,
      userAgent: options.userAgent,
      source: source ?? '',
    })
  }

  get senders(): readonly AnySender[] {
    return this.#outputs.map(({ sender }) => sender)
  }

  get voices(): readonly AnyTrack[] {
    return [...this.#voices.values()].map(({ track }) => track)
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  attach(media: Media, track: AnyTrack): void {
    const packets = asPackets(track, this.#options.packetBytesMax)
    if (packets === undefined || this.#lifetime.ended) return
    const known = this.#outputs.find(output => output.media === media)
    if (known !== undefined) known.replace(packets)
    else if (!this.#described) this.#outputs.push(this.#output(media, packets))
  }

  accepts(media: Media, codec: Codec): boolean {
    const known = this.#outputs.find(output => output.media === media)
    return known !== undefined && sameCodec(known.track.codec, announcedCodec(codec))
  }

  track(media: Media, codec: Codec): AnyTrack | undefined {
    const known = this.#voices.get(media)
    if (known !== undefined) return sameCodec(known.track.codec, codec) ? known.track : undefined
    if (this.#described || this.#lifetime.ended) return undefined
    const voice = this.#lifetime.own(new PlayerVoice(codec, this.#nextPayloadType(), this.#options.clock))
    this.#voices.set(media, voice)
    return voice.track
  }

  start(): void {}

  /** The tracks as the player is told of them: what it gets, then what it may say. None can be added afterwards. */
  describe(): readonly DescribedTrack[] {
    this.#described = true
    const outputs = this.#outputs.map(({ track, payloadType }) => ({ codec: track.codec, payloadType }))
    const voices = [...this.#voices.values()].map(({ track, payloadType }) => ({
      ...{ codec: track.codec, payloadType, direction: 'sendonly' as const },
    }))
    return [...outputs, ...voices]
  }

  /** The output or voice of a place in the description; `undefined` when there is none. */
  at(index: number): PlayerOutput | PlayerVoice | undefined {
    return this.#outputs[index] ?? [...this.#voices.values()][index - this.#outputs.length]
  }

  /** The player wants the output of this place, this way. */
  setUp(output: PlayerOutput, carrier: PlayerCarrier): void {
    output.carryBy(carrier)
    if (carrier.protocol === 'rtsp+udp') this.info.protocol = carrier.protocol
  }

  /** Lets the wanted tracks flow and the others go. */
  play(): void {
    for (const output of this.#outputs) {
      if (output.carrier === undefined) output.release()
      else output.play()
    }
    if (this.#playing) return
    this.#playing = true
    const report = (): void => {
      for (const output of this.#outputs) output.report()
    }
    this.#lifetime.own(this.#options.clock.every(millis(REPORT_MS), report))
  }

  /** Holds the tracks again. */
  pause(): void {
    for (const output of this.#outputs) if (output.carrier !== undefined) output.hold(output.track)
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #nextPayloadType(): number {
    return PAYLOAD_TYPE_MIN + this.#outputs.length + this.#voices.size
  }

  #output(media: Media, track: PacketTrack): PlayerOutput {
    const { info } = this
    const output = new PlayerOutput({
      media,
      payloadType: this.#nextPayloadType(),
      clock: this.#options.clock,
      canonicalName: `viewer-${info.id}`,
      wallTimeAtZero: this.#wallTimeAtZero,
      sent: bytes => {
        info.bytesSent += bytes
      },
      stuck: () => this.close({ code: 'viewer_stuck', message: 'the player has taken nothing for too long' }),
      failed: error => this.close(describeError(error)),
    })
    output.hold(track)
    return this.#lifetime.own(output)
  }
}
