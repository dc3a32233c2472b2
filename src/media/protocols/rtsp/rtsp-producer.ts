import { PacketAssembler } from '../../codecs/packet-assembler.ts'
import { codecSpec } from '../../codecs/registry.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer } from '../../core/producer.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import { describeError, MalformedError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { Tally } from '../../runtime/tally.ts'
import { millis } from '../../runtime/units.ts'
import type { DialContext } from '../../streams/scheme.ts'
import type { RtspClient } from './rtsp-client.ts'
import { cameraErrors } from './rtsp-errors.ts'
import type { SetUpMedia } from './rtsp-setup.ts'

/** Milliseconds between two looks at whether the camera still sends: fine enough for seconds. */
const SILENCE_CHECK_MS = 500
/** Seconds before a session's end at which it is kept alive: go2rtc's. */
const KEEP_ALIVE_MARGIN_SECONDS = 5
/** Seconds a session lasts when the camera does not say: half of RFC 2326's 60, as go2rtc and others have it. */
const SESSION_SECONDS = 30
/** Channels a frame may have and still be one: go2rtc's bound, which leaves out most of what only looks like a frame. */
const CHANNEL_MAX = 19
/** Interleaved channels there can be. */
const CHANNELS = 256

/** What a camera that has been asked and set up brings. */
export interface RtspProducerOptions {
  readonly client: RtspClient
  /** The address that `PLAY` and the others go to. */
  readonly target: string
  readonly sdp: string
  readonly userAgent: string
  readonly medias: readonly SetUpMedia[]
  readonly sessionSeconds: number | undefined
  /** Without data for longer, the camera counts as gone. */
  readonly silenceMsMax: number
  readonly context: DialContext
}

/** Where the frames of a connection go, before and after there is a producer. */
export interface FrameSink {
  frame(channel: number, payload: Buffer): void
  skipped(bytes: number): void
}

/** A camera that plays, or is about to: its packets become the groups of its tracks. */
export class RtspProducer implements Producer, FrameSink {
  readonly medias: readonly Media[]
  readonly #info: ConnectionInfo
  readonly #options: RtspProducerOptions
  readonly #lifetime = new Lifetime()
  readonly #tracks = new Map<Media, PacketTrack>()
  readonly #assemblers: (PacketAssembler | undefined)[] = new Array(CHANNELS).fill(undefined)
  readonly #broken: Tally
  readonly #skipped: Tally
  readonly #firstFrame = Promise.withResolvers<void>()
  #started: Promise<void> | undefined
  #keepAliveMethod = 'OPTIONS'
  #lastDataAt = millis(0)
  #bytesSeen = 0

  constructor(options: RtspProducerOptions) {
    const { client, context } = options
    this.#options = options
    this.medias = options.medias.map(({ media }) => media)
    this.#info = connectionInfo({
      formatName: 'rtsp',
      protocol: 'rtsp+tcp',
      remoteAddress: client.remoteAddress,
      userAgent: options.userAgent,
    })
    this.#info.sdp = options.sdp
    const tally = (message: string): Tally =>
      this.#lifetime.own(new Tally(context.clock, count => context.logger.warn({ count }, message)))
    this.#broken = tally('broken packets dropped')
    this.#skipped = tally('bytes of garbage between packets passed over')
    this.#addTracks(options.medias)
    this.#lifetime.defer(() => client.close())
    void client.closed.then(({ code, message }) =>
      this.close(code === 'closed_by_peer' ? describeError(cameraErrors.closed()) : { code, message }),
    )
  }

  get info(): ConnectionInfo {
    const { client } = this.#options
    this.#info.bytesReceived = client.bytesReceived
    this.#info.bytesSent = client.bytesSent
    return this.#info
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  track(media: Media): AnyTrack | undefined {
    return this.#tracks.get(media)
  }

  start(): Promise<void> {
    this.#started ??= this.#play()
    return this.#started
  }

  close(reason?: CloseReason): void {
    if (this.#lifetime.ended) return
    // The camera is told, and not waited for.
    this.#options.client.tell('TEARDOWN', this.#options.target)
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  frame(channel: number, payload: Buffer): void {
    const assembler = this.#assemblers[channel]
    if (assembler === undefined || this.#started === undefined) return
    this.#firstFrame.resolve()
    try {
      assembler.push(RtpPacket.parse(payload))
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.#broken.add()
    }
  }

  skipped(bytes: number): void {
    this.#skipped.add(bytes)
  }

  #addTracks(medias: readonly SetUpMedia[]): void {
    const { budget, clock, continuity } = this.#options.context
    const seen = { video: 0, audio: 0 }
    for (const { media, channel, anyPayloadType } of medias) {
      const [codec] = media.codecs
      if (codec === undefined) continue
      const track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget })
      this.#lifetime.own(track)
      this.#tracks.set(media, track)
      const { payloadType: _, ...unnumbered } = codec
      this.#assemblers[channel] = new PacketAssembler({
        track,
        codec: anyPayloadType ? unnumbered : codec,
        spec: codecSpec(codec.name),
        clock,
        continuity: continuity(media.kind, seen[media.kind]++),
      })
    }
  }

  async #play(): Promise<void> {
    const { client, target, medias } = this.#options
    client.tolerateGarbage(Math.max(CHANNEL_MAX, ...medias.map(({ channel }) => channel + 1)))
    const answered = client.request('PLAY', target).then(({ status, reason }) => {
      if (status >= 300) throw cameraErrors.refused('PLAY', status, reason)
    })
    this.#watchSilence()
    // Some cameras play without a word.
    await Promise.race([answered, this.#firstFrame.promise])
    answered.catch((error: unknown) => this.close(describeError(error)))
    void answered.finally(() => this.#keepAlive()).catch(() => {})
  }

  #watchSilence(): void {
    const { silenceMsMax, client, context } = this.#options
    this.#lastDataAt = context.clock.now()
    const look = (): void => {
      const now = context.clock.now()
      if (client.bytesReceived !== this.#bytesSeen) this.#lastDataAt = now
      else if (now - this.#lastDataAt >= silenceMsMax) this.close(describeError(cameraErrors.silent(silenceMsMax)))
      this.#bytesSeen = client.bytesReceived
    }
    this.#lifetime.own(context.clock.every(millis(SILENCE_CHECK_MS), look))
  }

  #keepAlive(): void {
    const seconds = this.#options.sessionSeconds ?? SESSION_SECONDS
    const period = Math.max(seconds - KEEP_ALIVE_MARGIN_SECONDS, seconds / 2)
    this.#lifetime.own(this.#options.context.clock.every(millis(period * 1000), () => void this.#sayAlive()))
  }

  /** Whether it is answered does not matter, as long as the media flows. */
  async #sayAlive(): Promise<void> {
    const { client, target } = this.#options
    try {
      const { status } = await client.request(this.#keepAliveMethod, target)
      if (status >= 300) this.#keepAliveMethod = 'GET_PARAMETER'
    } catch (error) {
      this.#options.context.logger.debug({ error: describeError(error).message }, 'keep-alive was not answered')
    }
  }
}
