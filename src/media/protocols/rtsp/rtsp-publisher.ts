import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer } from '../../core/producer.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import { TrackReceiver } from '../../ingest/track-receiver.ts'
import { SourceClock } from '../../rtp/source-clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { Tally } from '../../runtime/tally.ts'
import type { DialContext } from '../../streams/scheme.ts'
import type { FrameHandler } from './media-carrier.ts'
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
  /** Takes the frames of each channel. */
  readonly #handlers: (FrameHandler | undefined)[] = new Array(CHANNELS).fill(undefined)
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
    const sourceClock = new SourceClock()
    for (const media of this.#medias) {
      const codec = media.codecs[0]!
      const track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget: context.budget })
      this.#tracks.set(media, this.#lifetime.own(track))
      const receiver = new TrackReceiver({
        ...{ track, clock: context.clock, sourceClock, anyPayloadType: false, lossy: false },
        continuity: context.continuity(media.kind, seen[media.kind]++),
        broken: () => this.#broken.add(),
        mislabelled: found => this.#mislabelled(codec.name, found),
        failed: error => this.close(describeError(error)),
      })
      this.#lifetime.own(receiver)
      const [rtp, rtcp] = this.#channels.get(media)!
      this.#handlers[rtp] = (memory, start, end) => receiver.rtp(memory, start, end)
      this.#handlers[rtcp] = (memory, start, end) => receiver.rtcp(memory.subarray(start, end))
    }
  }

  track(media: Media): AnyTrack | undefined {
    return this.#tracks.get(media)
  }

  /** It sends when it likes. */
  async start(): Promise<void> {}

  /** One interleaved frame, which stays valid. */
  frame(channel: number, memory: Buffer, start: number, end: number): void {
    this.info.bytesReceived += end - start
    this.#handlers[channel]?.(memory, start, end)
  }

  /** Nothing can be done about it here: whoever publishes would say the same again. */
  #mislabelled(announced: string, seen: string): void {
    this.#options.context.note({
      code: 'codec_mislabelled',
      message: `the publisher announced ${announced} and sends ${seen}`,
      details: { announced, seen },
    })
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
