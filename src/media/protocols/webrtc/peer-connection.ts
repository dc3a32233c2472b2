import { randomBytes, randomInt } from 'node:crypto'
import type { ConnectionInfo } from '../../core/connection-info.ts'
import type { SessionRecord } from '../../core/session-record.ts'
import type { PacketTrack } from '../../core/track.ts'
import { formatRtcp, parseRtcp, type RtcpPacket } from '../../rtp/rtcp-packet.ts'
import { RtpPacket } from '../../rtp/rtp-packet.ts'
import { SourceClock } from '../../rtp/source-clock.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { attributeOf } from '../../sdp/session-description.ts'
import type { RtpContinuity } from '../../streams/scheme.ts'
import { DataChannels } from './data-channels.ts'
import { DtlsSession, type ProtectedMedia } from './dtls-session.ts'
import type { IceServer } from './ice-servers.ts'
import { IceSession, type IceSessionOptions } from './ice-session.ts'
import { type InboundMedia, InboundRouter } from './inbound-router.ts'
import type { NegotiatedMedia, NegotiatedPayload, ReceivedMedia, SentMedia } from './negotiated-media.ts'
import { ReceivingLane } from './receiving-lane.ts'
import type { RemoteDescription, RemoteMedia } from './remote-description.ts'
import { SendingLane } from './sending-lane.ts'
import { lineFacts, sessionNotes } from './session-facts.ts'
import type { WebRtcPort } from './webrtc-port.ts'

const PORT_MAX = 65_535
/** What all browsers use (RFC 8841 §5.1). */
const SCTP_PORT = 5000
/** Milliseconds between two reports of what is sent and what comes. */
const REPORT_MS = 1000
/** Bits a second that a publisher is told it may send: more than any camera needs; what the way cannot carry, losses tell. */
const ESTIMATE_BITS = 20_000_000

const peerStuck: CloseReason = { code: 'viewer_stuck', message: 'the viewer took nothing for 10 s' }

/** What a connection works with. */
export interface PeerConnectionOptions {
  readonly clock: Clock
  readonly port: WebRtcPort
  /** Counted, and told of the way that is chosen. */
  readonly info: ConnectionInfo
  readonly ice: Omit<IceSessionOptions, 'clock'>
  /** Asked in place of the configured servers; an empty list: none. */
  readonly iceServers?: readonly IceServer[] | undefined
}

/** A session with one peer: what goes and comes on its m-lines, over one way that both have proven. Who offers and who answers is told by what extends it. */
export abstract class PeerConnection implements Closeable {
  protected readonly ice: IceSession
  /** Names us across our RTP streams. */
  protected readonly canonicalName = randomBytes(9).toString('base64')
  readonly #options: PeerConnectionOptions
  readonly #lifetime = new Lifetime()
  /** Until the peer is connected. */
  readonly #arriving: Disposable
  readonly #sourceClock = new SourceClock()
  /** By mid. */
  readonly #sending = new Map<string, SendingLane>()
  readonly #receiving = new Map<string, InboundMedia>()
  readonly #connected = Promise.withResolvers<void>()
  #dtls: DtlsSession | undefined
  #protection: ProtectedMedia | undefined
  #router: InboundRouter | undefined
  #channels: DataChannels | undefined
  #remote: RemoteDescription | undefined
  #times: Pick<SessionRecord, 'begunAt' | 'selectedAt' | 'connectedAt'>

  /** Throws a `LimitError` where there are too many peers already. */
  constructor(options: PeerConnectionOptions) {
    this.#options = options
    const { clock, info, ice } = options
    const signalling = info.protocol
    this.#times = { begunAt: clock.wallTime() }
    this.ice = new IceSession({ ...ice, clock })
    this.ice.onSelected = path => {
      info.protocol = `${signalling}+${path.protocol}`
      info.remoteAddress = `${path.address}:${path.port}`
      this.#times = { selectedAt: clock.wallTime(), ...this.#times }
      void this.#dtls?.begin()
    }
    this.#arriving = admitted(options, this.ice)
    this.#lifetime.own(this.#arriving)
    this.#connected.promise.catch(() => {})
    void this.ice.closed.then(reason => this.close(reason))
    this.#lifetime.defer(() => this.#connected.reject(new Error('the peer has gone')))
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  /** Fulfilled when the peer is connected; rejects when it goes before. */
  get connected(): Promise<void> {
    return this.#connected.promise
  }

  /** The session so far, for the history. */
  get record(): SessionRecord {
    const sending = [...this.#sending]
    const sent = sending.map(([mid, lane]) => lane.fact(mid))
    const hasReordering = sending.some(([, lane]) => lane.hasReordering)
    return {
      ...{ protocol: 'webrtc', offeredBy: this.offeredBy, ways: this.ice.record, ...this.#times },
      lines: this.#remote === undefined ? [] : lineFacts(this.#remote, this.negotiated),
      ...{ sent, received: [...this.#receiving].map(([mid, { lane }]) => lane.fact(mid)) },
      notes: sessionNotes(sent, hasReordering),
    }
  }

  protected abstract readonly offeredBy: SessionRecord['offeredBy']

  /** Tells the ways to reach us one by one, `candidate:…`: those that are known now, and each that is found later. */
  tellCandidates(tell: (candidate: string) => void): void {
    for (const line of this.ice.candidates) tell(`candidate:${line}`)
    this.ice.onCandidate = line => tell(`candidate:${line}`)
  }

  /** Takes one of the peer's addresses: `candidate:…`, with or without the word; anything else is passed over. */
  addCandidate(text: string): void {
    this.ice.addRemote(text)
  }

  /** Sends on the m-line of this mid, in any of these payloads; before it is described only. */
  send(mid: string, payloads: readonly NegotiatedPayload[]): SendingLane {
    const { clock, info } = this.#options
    const takesAgain = payloads.some(({ retransmissionType }) => retransmissionType !== undefined)
    const sent: SentMedia = {
      ...{ payloads, ssrc: randomSsrc() },
      ...(takesAgain && { retransmissionSsrc: randomSsrc() }),
    }
    const lane = new SendingLane({
      ...{ sent, clock, ice: this.ice },
      count: bytes => {
        info.bytesSent += bytes
      },
      stuck: () => this.close(peerStuck),
      failed: error => this.close(describeError(error)),
    })
    this.#sending.set(mid, this.#lifetime.own(lane))
    return lane
  }

  /** Takes what comes on one m-line into a track. */
  receive(
    remote: RemoteMedia,
    payload: NegotiatedPayload,
    track: PacketTrack,
    continuity: RtpContinuity,
    mislabelled: (seen: string) => void = () => {},
  ): ReceivingLane {
    const received: ReceivedMedia = { payload, ssrc: this.#sending.get(remote.mid)?.sent.ssrc ?? randomSsrc() }
    const lane = new ReceivingLane({
      ...{ received, track, continuity, mislabelled, sourceClock: this.#sourceClock, clock: this.#options.clock },
      sendRtcp: bytes => this.#sendRtcp(bytes),
      failed: error => this.close(describeError(error)),
    })
    this.#receiving.set(remote.mid, { remote, lane: this.#lifetime.own(lane) })
    this.#router = new InboundRouter([...this.#receiving.values()])
    return lane
  }

  /** What becomes of each m-line, by mid. */
  protected get negotiated(): ReadonlyMap<string, NegotiatedMedia> {
    const mids = new Set([...this.#sending.keys(), ...this.#receiving.keys()])
    return new Map(
      [...mids].map(mid => {
        const [sends, receives] = [this.#sending.get(mid)?.sent, this.#receiving.get(mid)?.lane.received]
        return [mid, { ...(sends && { sends }), ...(receives && { receives }) }]
      }),
    )
  }

  /** Begins with the handshake, as soon as there is a way. Its end ends the connection. */
  protected async connect(remote: RemoteDescription, role: 'server' | 'client'): Promise<void> {
    this.#remote = remote
    const dtls = await DtlsSession.open({
      ...{ ice: this.ice, clock: this.#options.clock, fingerprints: remote.fingerprints, role },
      onRtp: bytes => this.#take(bytes),
      onRtcp: bytes => this.#hear(bytes),
      onData: bytes => this.#channels?.take(bytes),
    })
    this.#dtls = dtls
    this.#channels = this.#channelsOver(dtls, remote)
    if (this.ice.selected !== undefined) void dtls.begin()
    void dtls.closed.then(reason => this.close(reason))
    this.#lifetime.defer(() => dtls.close())
    dtls.connected.then(
      protection => this.#begin(protection),
      () => {},
    )
  }

  /** Where the peer has an m-line for them (RFC 8841). */
  #channelsOver(dtls: DtlsSession, remote: RemoteDescription): DataChannels | undefined {
    const { clock } = this.#options
    const media = remote.medias.find(({ type }) => type === 'application')
    if (media === undefined) return undefined
    const asked = Number(attributeOf(media.attributes, 'sctp-port') ?? SCTP_PORT)
    const port = Number.isInteger(asked) && asked > 0 && asked <= PORT_MAX ? asked : SCTP_PORT
    return this.#lifetime.own(new DataChannels({ clock, port, send: bytes => dtls.sendData(bytes) }))
  }

  #begin(protection: ProtectedMedia): void {
    if (this.#lifetime.ended) return
    const { clock } = this.#options
    this.#protection = protection
    this.#times = { ...this.#times, connectedAt: clock.wallTime() }
    this.#arriving[Symbol.dispose]()
    const wallTimeAtZero = clock.wallTime() - clock.now()
    const link = { protection, wallTimeAtZero, canonicalName: this.canonicalName }
    for (const lane of this.#sending.values()) lane.begin(link)
    this.#lifetime.own(clock.every(millis(REPORT_MS), () => this.#report()))
    this.#connected.resolve()
  }

  #take(bytes: Buffer): void {
    this.#options.info.bytesReceived += bytes.length
    const packet = RtpPacket.parse(bytes)
    const lane = this.#router?.laneOf(packet)
    if (lane === undefined) this.unexpected(packet)
    else lane.take(packet)
  }

  /** A packet of no m-line that is taken. Does nothing. */
  protected unexpected(_packet: RtpPacket): void {}

  /** Takes a packet as if it came now. */
  protected takeAgain(packet: RtpPacket): void {
    this.#router?.laneOf(packet)?.take(packet)
  }

  #hear(bytes: Buffer): void {
    this.#options.info.bytesReceived += bytes.length
    for (const packet of parseRtcp(bytes)) {
      if (packet.type === 'NACK') this.#laneOf(packet.mediaSsrc)?.resend(packet)
      else if (packet.type === 'PLI') this.#laneOf(packet.mediaSsrc)?.refresh()
      else if (packet.type === 'FIR') for (const { mediaSsrc } of packet.commands) this.#laneOf(mediaSsrc)?.refresh()
      else if (packet.type === 'SR') for (const { lane } of this.#receiving.values()) lane.hear(packet)
      if (packet.type === 'SR' || packet.type === 'RR')
        for (const report of packet.reports) this.#laneOf(report.ssrc)?.heard(report)
    }
  }

  #laneOf(ssrc: number): SendingLane | undefined {
    for (const lane of this.#sending.values()) if (lane.sent.ssrc === ssrc) return lane
    return undefined
  }

  /** Of what we send, when it was; of what comes, how it came, and how much more may. */
  #report(): void {
    for (const lane of this.#sending.values()) lane.report()
    const lanes = [...this.#receiving.values()].map(one => one.lane).filter(({ ssrc }) => ssrc !== undefined)
    const first = lanes[0]
    if (first === undefined) return
    const { ssrc } = first.received
    const reports = lanes.map(lane => lane.report()).filter(report => report !== undefined)
    const compound: RtcpPacket[] = [
      { type: 'RR', ssrc, reports },
      { type: 'SDES', sources: [{ ssrc, canonicalName: this.canonicalName }] },
      { type: 'REMB', ssrc, bitrate: ESTIMATE_BITS, mediaSsrcs: lanes.map(lane => lane.ssrc!) },
    ]
    this.#sendRtcp(formatRtcp(compound))
  }

  #sendRtcp(bytes: Buffer): void {
    if (this.#protection !== undefined) this.ice.send([this.#protection.protectRtcp(bytes)])
  }

  close(reason: CloseReason = done): void {
    if (this.#lifetime.ended) return
    this.#lifetime.close(reason)
    this.ice.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

const admitted = ({ port, info, iceServers }: PeerConnectionOptions, ice: IceSession): Disposable => {
  try {
    return port.add(ice, { remoteAddress: info.remoteAddress, ...(iceServers !== undefined && { iceServers }) })
  } catch (error) {
    ice.close()
    throw error
  }
}

const randomSsrc = (): number => randomInt(1, 2 ** 32 - 1)
