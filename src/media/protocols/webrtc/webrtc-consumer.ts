import { randomBytes, randomInt } from 'node:crypto'
import { asPackets } from '../../codecs/adapt.ts'
import { type Codec, sameCodec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import { Sender } from '../../core/sender.ts'
import type { AnyTrack, PacketTrack, TrackOutlet } from '../../core/track.ts'
import { parseRtcp } from '../../rtp/rtcp-packet.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError, MediaError } from '../../runtime/errors.ts'
import { type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { type AnsweredMedia, formatAnswer } from './answer.ts'
import { DtlsSession, localFingerprint, type ProtectedMedia } from './dtls-session.ts'
import type { IceServer } from './ice-servers.ts'
import { IceSession } from './ice-session.ts'
import { type Offer, type OfferedMedia, payloadFor, wantedMedias } from './offer.ts'
import { OutboundTrack } from './outbound-track.ts'
import type { WebRtcPort } from './webrtc-port.ts'

/** Bytes of a packet of ours, RTP header included: what passes all usual tunnels, as browsers themselves send. */
const PACKET_BYTES_MAX = 1200
/** Milliseconds between two sender reports. */
const REPORT_MS = 1000
/** Milliseconds between two times that the group of pictures at hand is sent again to who lost one. */
const REFRESH_MS_MIN = 500

/** WebRTC is off, or its port could not be bound. */
export class WebRtcOffError extends MediaError {
  readonly code = 'webrtc_off'

  constructor() {
    super('WebRTC is off: see webrtc.listen')
  }
}

const viewerStuck: CloseReason = { code: 'viewer_stuck', message: 'the viewer took nothing for 10 s' }

/** A viewer that asks by an offer. */
export interface WebRtcRequest {
  readonly offer: Offer
  /** `webrtc/json`, `webrtc/whep`, …: as go2rtc's JSON says it. */
  readonly formatName: string
  /** How the offer came: `ws` or `http`. */
  readonly protocol: 'ws' | 'http'
  readonly remoteAddress: string
  readonly userAgent: string
  /** Asked in place of the configured servers; an empty list: none. */
  readonly iceServers?: readonly IceServer[]
}

/** How a consumer is made. */
export interface WebRtcConsumerOptions extends WebRtcRequest {
  readonly clock: Clock
  readonly port: WebRtcPort
}

/** One of the viewer's tracks. */
interface Lane {
  readonly media: Media
  readonly offered: OfferedMedia
  readonly answered: AnsweredMedia
  readonly sender: Sender<PacketGroup>
  /** Keeps the track until the browser is connected. */
  readonly holder: TrackOutlet<PacketGroup>
  track: PacketTrack
  outbound: OutboundTrack | undefined
  refreshedAt: number
}

/** Sends a stream to a browser over WebRTC: what its offer asks for, from the pictures since the last keyframe on. */
export class WebRtcConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: WebRtcConsumerOptions
  readonly #ice: IceSession
  readonly #lifetime = new Lifetime()
  readonly #canonicalName = randomBytes(9).toString('base64')
  readonly #wallTimeAtZero: number
  /** Until the browser is connected. */
  readonly #arriving: Disposable
  readonly #answer = Promise.withResolvers<(candidates: readonly string[]) => string>()
  #lanes: readonly Lane[] = []
  #protection: ProtectedMedia | undefined

  constructor(options: WebRtcConsumerOptions) {
    const { offer, clock, port, formatName, protocol, remoteAddress, userAgent } = options
    this.#options = options
    this.info = connectionInfo({ formatName, protocol, remoteAddress, userAgent })
    this.medias = wantedMedias(offer)
    this.#wallTimeAtZero = clock.wallTime() - clock.now()
    const remote = { name: offer.iceName, password: offer.icePassword }
    this.#ice = new IceSession({ clock, role: offer.isIceLite ? 'controlling' : 'controlled', remote })
    this.#ice.onSelected = path => {
      this.info.protocol = `${protocol}+${path.protocol}`
      this.info.remoteAddress = `${path.address}:${path.port}`
    }
    this.#arriving = admitted(port, this.#ice, options)
    this.#lifetime.own(this.#arriving)
    for (const candidate of offer.candidates) this.addCandidate(candidate)
    this.#answer.promise.catch(() => {})
    void this.#ice.closed.then(reason => this.close(reason))
    this.#lifetime.defer(() => this.#answer.reject(new Error('the viewer has gone')))
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get senders(): readonly Sender<PacketGroup>[] {
    return this.#lanes.map(lane => lane.sender)
  }

  /** The answer to the offer, with all ways to reach us; without them for clients that are told of them later. */
  async answer(withCandidates: boolean): Promise<string> {
    const write = await this.#answer.promise
    return write(withCandidates ? await this.#ice.gathered : [])
  }

  /** Tells the ways to reach us one by one, `candidate:…`: those that are known now, and each that is found later. */
  tellCandidates(tell: (candidate: string) => void): void {
    for (const line of this.#ice.candidates) tell(`candidate:${line}`)
    this.#ice.onCandidate = line => tell(`candidate:${line}`)
  }

  /** Takes one of the browser's addresses: `candidate:…`, with or without the word; anything else is passed over. */
  addCandidate(text: string): void {
    this.#ice.addRemote(text)
  }

  attach(media: Media, track: AnyTrack): void {
    const known = this.#lanes.find(lane => lane.media === media)
    const packets = asPackets(track, PACKET_BYTES_MAX, 'cached')
    if (packets === undefined) return
    if (known !== undefined) this.#replace(known, packets)
    else {
      const offered = this.#options.offer.medias.find(({ mid }) => mid === media.id)
      const payload = offered && payloadFor(offered, packets.codec)
      if (offered !== undefined && payload !== undefined)
        this.#lanes = [...this.#lanes, this.#lane(media, offered, payload, packets)]
    }
  }

  accepts(media: Media, codec: Codec): boolean {
    const lane = this.#lanes.find(one => one.media === media)
    return lane !== undefined && sameCodec(lane.track.codec, codec)
  }

  start(): void {
    this.#connect().catch((error: unknown) => {
      this.#answer.reject(error)
      this.close(describeError(error))
    })
  }

  async #connect(): Promise<void> {
    const { offer, clock } = this.#options
    const dtls = await DtlsSession.open({
      ...{ ice: this.#ice, clock, fingerprints: offer.fingerprints },
      onRtp: () => {},
      onRtcp: bytes => this.#hear(bytes),
    })
    void dtls.closed.then(reason => this.close(reason))
    this.#lifetime.defer(() => dtls.close())
    const fingerprint = await localFingerprint()
    this.#answer.resolve(candidates =>
      formatAnswer({
        ...{ offer, iceName: this.#ice.localName, icePassword: this.#ice.localPassword },
        ...{ fingerprint, candidates, canonicalName: this.#canonicalName },
        medias: new Map(this.#lanes.map(({ offered, answered }) => [offered.mid, answered])),
      }),
    )
    const protection = await dtls.connected.catch(() => undefined)
    if (protection !== undefined && !this.#lifetime.ended) this.#begin(protection)
  }

  #begin(protection: ProtectedMedia): void {
    const { clock } = this.#options
    this.#protection = protection
    this.#arriving[Symbol.dispose]()
    for (const lane of this.#lanes) {
      lane.outbound = this.#outbound(lane, protection)
      // Pictures from the last keyframe on; sound from now on: what is cached of it reaches far back.
      lane.sender.attach(lane.track, lane.media.kind === 'video')
      lane.track.detach(lane.holder)
    }
    this.#lifetime.own(
      clock.every(millis(REPORT_MS), () => {
        for (const { outbound } of this.#lanes) outbound?.report()
      }),
    )
  }

  #outbound({ answered }: Lane, protection: ProtectedMedia): OutboundTrack {
    return new OutboundTrack({
      ...{ media: answered, ice: this.#ice, protection, clock: this.#options.clock },
      ...{ wallTimeAtZero: this.#wallTimeAtZero, canonicalName: this.#canonicalName },
    })
  }

  #lane(media: Media, offered: OfferedMedia, payload: Codec, track: PacketTrack): Lane {
    const ice = this.#ice
    const sender: Sender<PacketGroup> = new Sender<PacketGroup>({
      sink: {
        get pendingBytes() {
          return ice.selected?.pendingBytes ?? 0
        },
      },
      clock: this.#options.clock,
      deliver: group => {
        this.info.bytesSent += lane.outbound?.send(group) ?? 0
      },
      stuck: () => this.close(viewerStuck),
      failed: error => this.close(describeError(error)),
    })
    this.#lifetime.own(sender)
    const payloadType = payload.payloadType ?? 0
    const rtx = offered.retransmissions.get(payloadType)
    const answered: AnsweredMedia = {
      ...{ codec: payload, payloadType, ssrc: randomSsrc() },
      ...(rtx !== undefined && { retransmission: { payloadType: rtx, ssrc: randomSsrc() } }),
    }
    const holder: TrackOutlet<PacketGroup> = { id: sender.id, push() {} }
    track.attach(holder)
    const lane: Lane = { media, offered, answered, sender, holder, track, outbound: undefined, refreshedAt: 0 }
    this.#lifetime.defer(() => lane.track.detach(holder))
    return lane
  }

  #replace(lane: Lane, track: PacketTrack): void {
    if (this.#lifetime.ended || lane.track === track) return
    const before = lane.track
    lane.track = track
    if (this.#protection !== undefined) lane.sender.moveTo(track)
    else {
      track.attach(lane.holder)
      before.detach(lane.holder)
    }
  }

  #hear(bytes: Buffer): void {
    this.info.bytesReceived += bytes.length
    for (const packet of parseRtcp(bytes)) {
      if (packet.type === 'NACK') this.#laneOf(packet.mediaSsrc)?.outbound?.resend(packet)
      else if (packet.type === 'PLI') this.#refresh(this.#laneOf(packet.mediaSsrc))
      else if (packet.type === 'FIR')
        for (const { mediaSsrc } of packet.commands) this.#refresh(this.#laneOf(mediaSsrc))
    }
  }

  #laneOf(ssrc: number): Lane | undefined {
    return this.#lanes.find(({ answered }) => answered.ssrc === ssrc)
  }

  /** A picture was lost: the pictures since the last keyframe come again, at most twice a second. */
  #refresh(lane: Lane | undefined): void {
    const now = this.#options.clock.now()
    if (lane?.outbound === undefined || now - lane.refreshedAt < REFRESH_MS_MIN) return
    lane.refreshedAt = now
    lane.sender.attach(lane.track, true)
  }

  close(reason: CloseReason = done): void {
    if (this.#lifetime.ended) return
    this.#lifetime.close(reason)
    this.#ice.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

const admitted = (
  port: WebRtcPort,
  ice: IceSession,
  { remoteAddress, iceServers }: Pick<WebRtcRequest, 'remoteAddress' | 'iceServers'>,
): Disposable => {
  try {
    return port.add(ice, { remoteAddress, ...(iceServers !== undefined && { iceServers }) })
  } catch (error) {
    ice.close()
    throw error
  }
}

const randomSsrc = (): number => randomInt(1, 2 ** 32 - 1)
