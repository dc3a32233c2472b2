import { codecSpec } from '../../codecs/registry.ts'
import type { Media } from '../../core/media.ts'
import { headerOf } from '../../net/text-message.ts'
import type { SourceNote } from '../../streams/scheme.ts'
import type { Lower } from './camera-memory.ts'
import { controlTarget } from './control-target.ts'
import { type FrameRouter, InterleavedCarrier, type MediaCarrier } from './media-carrier.ts'
import type { RtspClient, RtspResponse } from './rtsp-client.ts'
import { type CameraError, cameraErrors } from './rtsp-errors.ts'
import { parseSession } from './session-header.ts'
import { formatTransport, formatUdpTransport, type Pair, parseTransport, type Transport } from './transport-header.ts'
import { UdpCarrier } from './udp-carrier.ts'

/** What a camera answers that does not send that way (RFC 2326 §11.3.12). */
const UNSUPPORTED_TRANSPORT = 461

/** A media that the camera will send, or take. */
export interface SetUpMedia {
  /** With the one codec that is taken. */
  readonly media: Media
  readonly carrier: MediaCarrier
  /** It was the only codec: then there is nothing to tell apart, and some cameras send another number than announced. */
  readonly anyPayloadType: boolean
}

/** What medias are set up with. */
export interface MediaSetupOptions {
  readonly client: RtspClient
  readonly router: FrameRouter
  /** The address that controls are relative to. */
  readonly base: string
  /** How packets are asked for first; the other way follows where the camera cannot do that. */
  readonly lower: Lower
  /** Whether there is another way. */
  readonly onlyLower: boolean
  readonly note: (note: SourceNote) => void
}

/** Sets the medias of one session up, one after another, all of them by the way that worked for the first. */
export class MediaSetup implements Disposable {
  readonly #options: MediaSetupOptions
  readonly medias: SetUpMedia[] = []
  /** How packets come. */
  lower: Lower
  /** Seconds after which the session ends unless it is kept alive, when the camera says so. */
  sessionSeconds: number | undefined
  /** The highest interleaved channel. */
  channelMax = 0

  constructor(options: MediaSetupOptions) {
    this.#options = options
    this.lower = options.lower
  }

  /** The address that the session's requests go to. */
  get base(): string {
    return this.#options.base
  }

  /** Sets one media up. A media that is refused costs itself only; gives why. Rejects with a `MediaError` when all is lost. */
  async add(media: Media): Promise<CameraError | undefined> {
    const refusal = await this.#ask(media, this.lower)
    if (refusal === undefined) return undefined
    const { status, reason, transport } = refusal
    if (transport && this.medias.length === 0 && !this.#options.onlyLower) {
      const from = this.lower
      this.lower = from === 'tcp' ? 'udp' : 'tcp'
      if ((await this.#ask(media, this.lower)) === undefined) {
        this.#noteFallback(from, status)
        return undefined
      }
      this.lower = from
    }
    this.#options.note({
      code: 'setup_refused',
      message: `the camera does not give its ${media.kind}: it answered SETUP with ${status} ${reason}`.trim(),
      details: { method: 'SETUP', status, media: media.kind, codec: media.codecs[0]?.name ?? '' },
    })
    return cameraErrors.refused('SETUP', status, reason)
  }

  #noteFallback(from: Lower, status: number): void {
    const words = { tcp: 'TCP', udp: 'UDP' }
    this.#options.note({
      code: 'transport_fallback',
      message: `the camera does not send over ${words[from]}: it does over ${words[this.lower]}`,
      details: { from, to: this.lower, status },
    })
  }

  /** Lets go of what was set up. */
  [Symbol.dispose](): void {
    for (const { carrier } of this.medias) carrier[Symbol.dispose]()
  }

  async #ask(media: Media, lower: Lower): Promise<Refusal | undefined> {
    if (lower === 'tcp') {
      const channel = this.medias.length * 2
      const response = await this.#setUp(media, formatTransport([channel, channel + 1]))
      return this.#accept(media, response, transport => this.#interleaved([channel, channel + 1], transport))
    }
    const udp = await UdpCarrier.open(hostOf(this.#options.client.remoteAddress))
    try {
      const response = await this.#setUp(media, formatUdpTransport(udp.clientPort))
      const refusal = this.#accept(media, response, transport => this.#overUdp(udp, media, transport))
      if (this.medias.at(-1)?.carrier !== udp) udp[Symbol.dispose]()
      return refusal
    } catch (error) {
      udp[Symbol.dispose]()
      throw error
    }
  }

  #setUp(media: Media, transport: string): Promise<RtspResponse> {
    const { client, base } = this.#options
    return client.request('SETUP', controlTarget(base, media.id), [['Transport', transport]])
  }

  #accept(
    media: Media,
    { status, reason, headers }: RtspResponse,
    carry: (transport: Transport | undefined) => MediaCarrier | undefined,
  ): Refusal | undefined {
    if (status >= 300) return { status, reason, transport: status === UNSUPPORTED_TRANSPORT }
    const named = headerOf(headers, 'Session')
    if (named !== undefined) {
      const { id, timeoutSeconds } = parseSession(named)
      this.#options.client.session = id
      if (timeoutSeconds !== undefined) this.sessionSeconds = timeoutSeconds
    }
    const said = headerOf(headers, 'Transport')
    const carrier = carry(said === undefined ? undefined : parseTransport(said)[0])
    if (carrier === undefined) return { status, reason, transport: true }
    const codec = media.codecs.find(({ name }) => codecSpec(name) !== undefined) ?? media.codecs[0]!
    this.medias.push({ media: { ...media, codecs: [codec] }, carrier, anyPayloadType: media.codecs.length === 1 })
    return undefined
  }

  /** QUIRK Escam Q6 answers `RTP/AVP;…;interleaved=`: the channels count, whatever the profile says. */
  #interleaved(asked: Pair, transport: Transport | undefined): MediaCarrier | undefined {
    const { router } = this.#options
    if (transport?.interleaved === undefined && transport?.serverPort !== undefined) return undefined
    const said = transport?.interleaved ?? asked
    // QUIRK cameras that answer the same channels for every media: nothing could be told apart.
    return this.#inside(router.has(said[0]) ? asked : said)
  }

  #inside(channels: Pair): MediaCarrier {
    const { client, router } = this.#options
    this.channelMax = Math.max(this.channelMax, ...channels)
    return new InterleavedCarrier(client, router, channels)
  }

  #overUdp(udp: UdpCarrier, media: Media, transport: Transport | undefined): MediaCarrier {
    // QUIRK cameras that are asked for UDP and answer with channels send inside the connection.
    if (transport?.interleaved !== undefined && transport.serverPort === undefined)
      return this.#inside(transport.interleaved)
    if (transport !== undefined) udp.aim(transport)
    // A speaker would take the opener for the first word.
    if (media.direction === 'recvonly') udp.openWay()
    return udp
  }
}

interface Refusal {
  readonly status: number
  readonly reason: string
  /** It is the way that is refused, not the media. */
  readonly transport: boolean
}

/** The address of `ip:port`. */
const hostOf = (remoteAddress: string): string => remoteAddress.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
