import { PacketAssembler } from '../../codecs/packet-assembler.ts'
import { codecSpec } from '../../codecs/registry.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer } from '../../core/producer.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { Tally } from '../../runtime/tally.ts'
import type { DialContext } from '../../streams/scheme.ts'
import type { Pair } from './transport-header.ts'

/** Channels an RTSP connection can have. */
const CHANNELS = 256

/** What somebody publishes, before any of it has come. */
export interface RtspPublisherOptions {
  readonly medias: readonly Media[]
  readonly sdp: string
  /** Where it publishes. */
  readonly url: string
  readonly remoteAddress: string
  readonly userAgent: string
  readonly context: DialContext
}

/** Somebody who publishes by RTSP (RFC 2326 §10.11): its packets become tracks. Offers what it has set up. */
export class RtspPublisher implements Producer {
  readonly info: ConnectionInfo
  readonly #options: RtspPublisherOptions
  readonly #lifetime = new Lifetime()
  readonly #channels = new Map<Media, Pair>()
  readonly #tracks = new Map<Media, PacketTrack>()
  readonly #assemblers: (PacketAssembler | undefined)[] = new Array(CHANNELS).fill(undefined)
  readonly #broken: Tally
  #medias: readonly Media[] = []

  constructor(options: RtspPublisherOptions) {
    const { url, remoteAddress, userAgent, context } = options
    this.#options = options
    this.info = connectionInfo({ formatName: 'rtsp', protocol: 'rtsp+tcp', remoteAddress, userAgent, url })
    this.info.sdp = options.sdp
    this.#broken = this.#lifetime.own(
      new Tally(context.clock, count => context.logger.warn({ count }, 'broken packets dropped')),
    )
  }

  get medias(): readonly Media[] {
    return this.#medias
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /**
   * Sets up the media that a SETUP means: by its control attribute, or by its place. Gives the channels: those asked
   * for, where nobody has them yet. `undefined` when there is no such media.
   */
  setUp(target: string, index: number, wanted: Pair | undefined): Pair | undefined {
    const { medias } = this.#options
    const media = medias.find(({ id }) => id !== '' && target.replace(/\/$/, '').endsWith(id)) ?? medias[index]
    if (media === undefined) return undefined
    const taken = [...this.#channels].flatMap(([one, channels]) => (one === media ? [] : channels))
    const place = medias.indexOf(media)
    const channels: Pair =
      wanted !== undefined && !wanted.some(channel => taken.includes(channel)) ? wanted : [2 * place, 2 * place + 1]
    if (channels.some(channel => taken.includes(channel))) return undefined
    this.#channels.set(media, channels)
    return channels
  }

  /** Everything it will send is set up: makes the tracks. */
  begin(): void {
    const { context } = this.#options
    const seen = { video: 0, audio: 0 }
    this.#medias = this.#options.medias.filter(media => this.#channels.has(media))
    for (const media of this.#medias) {
      const codec = media.codecs[0]!
      const track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget: context.budget })
      this.#tracks.set(media, this.#lifetime.own(track))
      this.#assemblers[this.#channels.get(media)![0]] = new PacketAssembler({
        ...{ track, codec, clock: context.clock },
        spec: codecSpec(codec.name),
        continuity: context.continuity(media.kind, seen[media.kind]++),
      })
    }
  }

  track(media: Media): AnyTrack | undefined {
    return this.#tracks.get(media)
  }

  /** It sends when it likes. */
  async start(): Promise<void> {}

  /** One interleaved frame, which stays valid. */
  frame(channel: number, payload: Buffer): void {
    const assembler = this.#assemblers[channel]
    this.info.bytesReceived += payload.length
    if (assembler === undefined) return
    try {
      assembler.push(RtpPacket.parse(payload))
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.#broken.add()
    }
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
