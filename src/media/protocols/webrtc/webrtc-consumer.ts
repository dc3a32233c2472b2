import { type Codec, sameCodec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Sender } from '../../core/sender.ts'
import type { SessionRecord } from '../../core/session-record.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import { AnsweringPeer } from './answering-peer.ts'
import { payloadOf } from './negotiated-media.ts'
import { payloadFor, remoteMediaOf, viewerMedias } from './remote-description.ts'
import { packetsFor, type SendingLane } from './sending-lane.ts'
import type { WebRtcSession, WebRtcSessionOptions } from './webrtc-session.ts'

/** Sends a stream to a browser over WebRTC, from the pictures since the last keyframe on, and takes its microphone. */
export class WebRtcConsumer implements Consumer, WebRtcSession {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: WebRtcSessionOptions
  readonly #peer: AnsweringPeer
  readonly #lanes = new Map<Media, SendingLane>()
  readonly #voices = new Map<Media, PacketTrack>()

  /** Throws a `LimitError` where there are too many peers already. */
  constructor(options: WebRtcSessionOptions) {
    const { offer, clock, port, iceServers, formatName, protocol, remoteAddress, userAgent } = options
    this.#options = options
    this.info = connectionInfo({ formatName, protocol, remoteAddress, userAgent })
    this.medias = viewerMedias(offer)
    this.#peer = new AnsweringPeer({ clock, port, offer, iceServers, info: this.info })
  }

  get closed(): Promise<CloseReason> {
    return this.#peer.closed
  }

  get senders(): readonly Sender<PacketGroup>[] {
    return [...this.#lanes.values()].map(({ sender }) => sender)
  }

  get voices(): readonly AnyTrack[] {
    return [...this.#voices.values()]
  }

  get session(): SessionRecord {
    return this.#peer.record
  }

  tellCandidates(tell: (candidate: string) => void): void {
    this.#peer.tellCandidates(tell)
  }

  answer(withCandidates: boolean): Promise<string> {
    return this.#peer.answer(withCandidates)
  }

  addCandidate(text: string): void {
    this.#peer.addCandidate(text)
  }

  attach(media: Media, track: AnyTrack): void {
    const packets = packetsFor(track)
    if (packets === undefined || this.#peer.ended) return
    const known = this.#lanes.get(media)
    if (known !== undefined) known.moveTo(packets)
    else this.#begin(media, packets)
  }

  #begin(media: Media, packets: PacketTrack): void {
    const remote = remoteMediaOf(this.#options.offer, media)
    const codec = remote && payloadFor(remote, packets.codec)
    if (remote === undefined || codec === undefined) return
    const payload = payloadOf(codec, remote)
    const lane = this.#peer.send(remote.mid, [payload])
    lane.feed(packets, payload)
    this.#lanes.set(media, lane)
  }

  accepts(media: Media, codec: Codec): boolean {
    const track = this.#lanes.get(media)?.track
    return track !== undefined && sameCodec(track.codec, codec)
  }

  /** What the browser says, in the codec that was agreed: it is then to send exactly that. */
  track(media: Media, codec: Codec): AnyTrack | undefined {
    const known = this.#voices.get(media)
    if (known !== undefined) return sameCodec(known.codec, codec) ? known : undefined
    const remote = remoteMediaOf(this.#options.offer, media)
    const agreed = remote && payloadFor(remote, codec)
    if (remote === undefined || agreed === undefined || this.#peer.ended) return undefined
    const track: PacketTrack = new Track({ form: 'packets', codec: agreed, budget: { bytesMax: 0, bytesUsed: 0 } })
    const [ssrc = 0, sequence = 0] = crypto.getRandomValues(new Uint32Array(2))
    const continuity = { ssrc, nextSequenceNumber: sequence & 0xffff }
    this.#peer.receive(remote, payloadOf(agreed, remote), track, continuity)
    this.#voices.set(media, track)
    void this.#peer.closed.then(() => track[Symbol.dispose]())
    return track
  }

  start(): void {
    this.#peer.start()
  }

  close(reason?: CloseReason): void {
    this.#peer.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
