import { randomBytes } from 'node:crypto'
import type { Codec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer, Talk } from '../../core/producer.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import { TrackReceiver } from '../../ingest/track-receiver.ts'
import { formatRtcp } from '../../rtp/rtcp-packet.ts'
import { SourceClock } from '../../rtp/source-clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { Tally } from '../../runtime/tally.ts'
import { millis } from '../../runtime/units.ts'
import type { DialContext } from '../../streams/scheme.ts'
import type { CameraMemory } from './camera-memory.ts'
import { KeepAlive } from './keep-alive.ts'
import type { MediaSetup } from './media-setup.ts'
import type { RtspClient } from './rtsp-client.ts'
import type { Described } from './rtsp-describe.ts'
import { cameraErrors } from './rtsp-errors.ts'
import type { RtspSource } from './rtsp-source.ts'
import { isReolink, plainFrames, reolinkFrames } from './speaker-frames.ts'
import { SpeakerSession } from './speaker-session.ts'
import { TalkLine } from './talk-line.ts'

/** Milliseconds between two looks at whether the camera still sends: fine enough for seconds. */
const SILENCE_CHECK_MS = 500
/** Channels a frame may have and still be one: go2rtc's bound, which leaves out most of what only looks like a frame. */
const CHANNEL_MAX = 19
/** Milliseconds between two receiver reports: RFC 3550 §6.2. Some cameras end a session without them. */
const REPORT_MS = 5_000
/** Milliseconds between two notes on packets that did not come. */
const LOSS_NOTE_MS = 60_000

/** What a camera that has been asked and set up brings. */
export interface RtspProducerOptions {
  readonly source: RtspSource
  readonly context: DialContext
  readonly userAgent: string
  readonly memory: CameraMemory
  readonly described: Described
  readonly sdp: string
  /** Its medias, which are the producer's from now on. */
  readonly setup: MediaSetup
  /** Where the camera takes sound. */
  readonly speakers: readonly Media[]
}

/** A camera that plays, or is about to: its packets become the groups of its tracks. */
export class RtspProducer implements Producer {
  readonly medias: readonly Media[]
  readonly #info: ConnectionInfo
  readonly #options: RtspProducerOptions
  readonly #lifetime = new Lifetime()
  readonly #client: RtspClient
  readonly #tracks = new Map<Media, PacketTrack>()
  readonly #receivers: TrackReceiver[] = []
  readonly #broken: Tally
  readonly #firstPacket = Promise.withResolvers<void>()
  readonly #talkLine: TalkLine
  #started: Promise<void> | undefined
  #lastDataAt = millis(0)
  #bytesSeen = 0
  #lostSeen = 0

  constructor(options: RtspProducerOptions) {
    const { context, described, setup, speakers, userAgent } = options
    const { client, router } = described
    this.#options = options
    this.#client = client
    this.medias = [...setup.medias.map(({ media }) => media), ...speakers]
    this.#info = connectionInfo({
      formatName: 'rtsp',
      protocol: setup.medias[0]?.carrier.protocol ?? client.protocol,
      remoteAddress: client.remoteAddress,
      userAgent,
    })
    this.#info.sdp = options.sdp
    const tally = (message: string): Tally =>
      this.#lifetime.own(new Tally(context.clock, count => context.logger.warn({ count }, message)))
    this.#broken = tally('broken packets dropped')
    const skipped = tally('bytes of garbage between packets passed over')
    router.skipped = bytes => skipped.add(bytes)
    this.#lifetime.own(setup)
    this.#addTracks()
    this.#talkLine = this.#lifetime.own(this.#makeTalkLine())
    this.#lifetime.defer(() => client.close())
    void client.closed.then(({ code, message }) =>
      this.close(code === 'closed_by_peer' ? describeError(cameraErrors.closed()) : { code, message }),
    )
  }

  get info(): ConnectionInfo {
    const carriers = this.#options.setup.medias.map(({ carrier }) => carrier)
    const sum = (of: 'bytesReceived' | 'bytesSent'): number =>
      carriers.reduce((total, carrier) => total + carrier[of], this.#client[of])
    this.#info.bytesReceived = sum('bytesReceived')
    this.#info.bytesSent = sum('bytesSent')
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

  /** In a session of its own: see `SpeakerSession`. */
  talk(media: Media, codec: Codec, track: AnyTrack): Talk | undefined {
    return this.#options.speakers.includes(media) ? this.#talkLine.talk(media, codec, track) : undefined
  }

  close(reason?: CloseReason): void {
    if (this.#lifetime.ended) return
    // The camera is told, and not waited for.
    this.#client.tell('TEARDOWN', this.#options.setup.base)
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #makeTalkLine(): TalkLine {
    const { source, context, userAgent, described, setup, sdp } = this.#options
    // Where the camera really is, so that it is not asked to send us on again.
    const there = { ...source, url: described.url }
    const session = { source: there, context, userAgent, lower: setup.lower, backchannel: true }
    return new TalkLine({
      clock: context.clock,
      open: (media, codec) =>
        SpeakerSession.open({ ...session, media, codec, onlyLower: source.transport instanceof URL }),
      frames: isReolink(sdp) ? reolinkFrames : plainFrames,
      note: note => context.note(note),
    })
  }

  #addTracks(): void {
    const { context, setup } = this.#options
    const seen = { video: 0, audio: 0 }
    const sourceClock = new SourceClock()
    for (const one of setup.medias) {
      const { media } = one
      const [codec] = media.codecs
      if (codec === undefined) continue
      const track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget: context.budget })
      this.#lifetime.own(track)
      this.#tracks.set(media, track)
      const continuity = context.continuity(media.kind, seen[media.kind]++)
      const broken = (): void => this.#broken.add()
      const mislabelled = (seen: string): void => this.#mislabelled(media, codec.name, seen)
      const failed = (error: unknown): void => this.close(describeError(error))
      const told = { broken, mislabelled, failed }
      const receiver = new TrackReceiver({
        ...{ track, continuity, clock: context.clock, sourceClock, ...told },
        anyPayloadType: one.anyPayloadType,
        lossy: one.carrier.lossy,
      })
      this.#receivers.push(this.#lifetime.own(receiver))
    }
  }

  async #play(): Promise<void> {
    const { setup } = this.#options
    this.#client.tolerateGarbage(Math.max(CHANNEL_MAX, setup.channelMax))
    this.#listen()
    const answered = this.#client.request('PLAY', setup.base).then(({ status, reason }) => {
      if (status >= 300) throw cameraErrors.refused('PLAY', status, reason)
    })
    this.#watchSilence()
    this.#watchLosses()
    this.#report()
    // Some cameras play without a word.
    await Promise.race([answered, this.#firstPacket.promise])
    answered.catch((error: unknown) => this.close(describeError(error)))
    void answered.finally(() => this.#keepAlive()).catch(() => {})
  }

  /** Nothing is taken before: what came until now is nobody's. */
  #listen(): void {
    let begun = false
    for (const [index, { carrier }] of this.#options.setup.medias.entries()) {
      const receiver = this.#receivers[index]
      if (receiver === undefined) continue
      carrier.listen({
        rtp: (memory, start, end) => {
          // To resolve again does nothing, slowly.
          if (!begun) this.#firstPacket.resolve()
          begun = true
          receiver.rtp(memory, start, end)
        },
        rtcp: bytes => receiver.rtcp(bytes),
      })
    }
  }

  /** Over UDP, the answers to our keep-alives are no sign of life: only packets are. */
  get #mediaBytes(): number {
    const { medias } = this.#options.setup
    const beside = medias.filter(({ carrier }) => carrier.lossy)
    if (beside.length === 0) return this.#client.bytesReceived
    return beside.reduce((total, { carrier }) => total + carrier.bytesReceived, 0)
  }

  #watchSilence(): void {
    const { source, context, setup } = this.#options
    this.#lastDataAt = context.clock.now()
    const look = (): void => {
      const now = context.clock.now()
      const bytes = this.#mediaBytes
      if (bytes !== this.#bytesSeen) this.#lastDataAt = now
      else if (now - this.#lastDataAt >= source.timeoutMs) {
        if (setup.lower === 'udp' && bytes === 0) this.#goOverTcp()
        else this.close(describeError(cameraErrors.silent(source.timeoutMs)))
      }
      this.#bytesSeen = bytes
    }
    this.#lifetime.own(context.clock.every(millis(SILENCE_CHECK_MS), look))
  }
  #goOverTcp(): void {
    const { source, context, memory } = this.#options
    const silence = cameraErrors.udpSilent(source.timeoutMs)
    memory.useLower('tcp', context.clock)
    context.note({
      code: 'transport_fallback',
      message: `${silence.message}; it is asked over TCP from now on`,
      details: { from: 'udp', to: 'tcp', cause: silence.code },
    })
    this.close(describeError(silence))
  }

  /** The next dial takes the media for what it is. */
  #mislabelled({ id }: Media, announced: string, seen: string): void {
    const { context, memory } = this.#options
    const error = cameraErrors.mislabelled(announced, seen)
    memory.sawCodec(id, announced, seen)
    context.note({ code: error.code, message: error.message, details: { announced, seen } })
    this.close(describeError(error))
  }

  #watchLosses(): void {
    const { context } = this.#options
    const look = (): void => {
      const lost = this.#receivers.reduce((sum, receiver) => sum + receiver.lostCount, 0)
      const count = lost - this.#lostSeen
      this.#lostSeen = lost
      if (count <= 0) return
      const message = `${count} packets of the camera did not arrive within a minute`
      context.note({ code: 'packets_lost', message, details: { count, seconds: LOSS_NOTE_MS / 1000 } })
    }
    this.#lifetime.own(context.clock.every(millis(LOSS_NOTE_MS), look))
  }

  /** Tells the camera what came of its packets, as long as the session lasts. */
  #report(): void {
    const { context, setup } = this.#options
    const ssrc = randomBytes(4).readUInt32BE()
    const canonicalName = randomBytes(9).toString('base64')
    const report = (): void => {
      for (const [index, { carrier }] of setup.medias.entries()) {
        const block = this.#receivers[index]?.report()
        if (block === undefined) continue
        carrier.sendRtcp(
          formatRtcp([
            { type: 'RR', ssrc, reports: [block] },
            { type: 'SDES', sources: [{ ssrc, canonicalName }] },
          ]),
        )
      }
    }
    this.#lifetime.own(context.clock.every(millis(REPORT_MS), report))
  }

  #keepAlive(): void {
    const { context, setup } = this.#options
    const { clock, logger } = context
    const { base: target, sessionSeconds: seconds } = setup
    this.#lifetime.own(new KeepAlive({ client: this.#client, target, seconds, clock, logger }))
  }
}
