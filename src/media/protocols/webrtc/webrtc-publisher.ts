import { isCodecName } from '../../codecs/registry.ts'
import { type Codec, type Kind, sameCodec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer, Talk } from '../../core/producer.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import { MediaError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import type { DialContext } from '../../streams/scheme.ts'
import type { PublicationPlace } from '../../streams/stream.ts'
import { payloadOf } from './negotiated-media.ts'
import { PeerConnection } from './peer-connection.ts'
import { PeerTalk } from './peer-talk.ts'
import type { ReceivingLane } from './receiving-lane.ts'
import { type RemoteMedia, receives, sends } from './remote-description.ts'
import { packetsFor, type SendingLane } from './sending-lane.ts'
import type { WebRtcPort } from './webrtc-port.ts'
import type { WebRtcRequest, WebRtcSession } from './webrtc-session.ts'

/** Tracks taken from one publisher. */
const TRACKS_MAX = 8
/** Milliseconds between two keyframes asked of whoever publishes: browsers send none unasked, and a new viewer needs one. */
const KEYFRAME_EACH_MS = 2000
/** Milliseconds without media after which a publisher counts as gone: as by RTSP. */
const SILENCE_MS_MAX = 15_000
const SILENCE_CHECK_MS = 1000
/** What pictures are taken in, best first: what the most clients play, whatever order the peer offers it in. */
const PICTURES = ['H264', 'H265', 'VP8', 'VP9', 'AV1']

/** A peer that offers nothing we can take. */
export class NothingPublishedError extends MediaError {
  readonly code = 'no_media'
}

/** How somebody publishes. */
export interface WebRtcPublisherOptions extends WebRtcRequest {
  readonly place: PublicationPlace
  readonly port: WebRtcPort
}

const silent: CloseReason = { code: 'publisher_silent', message: 'nothing came from whoever publishes for 15 s' }

/** Somebody who publishes by WebRTC (WHIP, RFC 9725, or by socket): what it sends becomes tracks, what it takes is a way back. */
export class WebRtcPublisher implements Producer, WebRtcSession {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #context: DialContext
  readonly #peer: PeerConnection
  readonly #lifetime = new Lifetime()
  readonly #tracks = new Map<Media, PacketTrack>()
  readonly #receiving: ReceivingLane[] = []
  readonly #speakers = new Map<Media, SendingLane>()
  #talk: PeerTalk | undefined

  private constructor(options: WebRtcPublisherOptions) {
    const { offer, place, port, iceServers, formatName, protocol, remoteAddress, userAgent } = options
    const { clock } = place.context
    this.#context = place.context
    this.info = connectionInfo({ formatName, protocol, remoteAddress, userAgent })
    this.#peer = this.#lifetime.own(new PeerConnection({ clock, port, offer, iceServers, info: this.info }))
    const seen = { video: 0, audio: 0 }
    this.medias = offer.medias.flatMap(remote => {
      if (!isKind(remote.type)) return []
      const speaker = receives(remote) && remote.type === 'audio' ? this.#speaker(remote) : []
      return [...(sends(remote) ? this.#take(remote, remote.type, seen[remote.type]++) : []), ...speaker]
    })
    void this.#peer.closed.then(reason => this.#lifetime.close(reason))
  }

  /**
   * Takes the offer; what is sent is part of the stream from when the peer is connected. Throws
   * `NothingPublishedError`, and a `LimitError` where there are too many peers already.
   */
  static publish(options: WebRtcPublisherOptions): WebRtcPublisher {
    const publisher = new WebRtcPublisher(options)
    if (publisher.#tracks.size === 0) {
      publisher.close()
      throw new NothingPublishedError('the offer sends nothing that can be taken')
    }
    publisher.#peer.start()
    publisher.#peer.connected.then(
      () => {
        publisher.#watch()
        options.place.take(publisher)
      },
      () => {},
    )
    return publisher
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
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

  track(media: Media): AnyTrack | undefined {
    return this.#tracks.get(media)
  }

  /** It sends when it likes. */
  async start(): Promise<void> {}

  talk(media: Media, codec: Codec, track: AnyTrack): Talk | undefined {
    const lane = this.#speakers.get(media)
    const packets = packetsFor(track)
    const payload = lane?.sent.payloads.find(one => sameCodec(one.codec, codec))
    if (lane === undefined || packets === undefined || payload === undefined || this.#lifetime.ended) return undefined
    this.#talk?.[Symbol.dispose]()
    this.#talk = new PeerTalk(lane, packets, payload)
    return this.#talk
  }

  /** One codec of each m-line: the peer is to send exactly that. */
  #take(remote: RemoteMedia, kind: Kind, index: number): Media[] {
    const codec = chosenCodec(remote, kind)
    if (codec === undefined || this.#tracks.size >= TRACKS_MAX) return []
    const { budget, continuity } = this.#context
    const track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget })
    const media: Media = { kind, direction: 'recvonly', codecs: [codec], id: remote.mid }
    this.#tracks.set(media, this.#lifetime.own(track))
    const lane = this.#peer.receive(remote, payloadOf(codec, remote), track, continuity(kind, index), seen =>
      this.#mislabelled(codec.name, seen),
    )
    this.#receiving.push(lane)
    return [media]
  }

  #speaker(remote: RemoteMedia): Media[] {
    const codecs = remote.codecs.filter(({ name }) => isCodecName(name))
    if (codecs.length === 0) return []
    const media: Media = { kind: 'audio', direction: 'sendonly', codecs, id: `${remote.mid}/speaker` }
    this.#speakers.set(
      media,
      this.#peer.send(
        remote,
        codecs.map(codec => payloadOf(codec, remote)),
      ),
    )
    return [media]
  }

  #watch(): void {
    const { clock } = this.#context
    let [bytes, changedAt] = [this.info.bytesReceived, clock.now()]
    const look = (): void => {
      if (this.info.bytesReceived !== bytes) [bytes, changedAt] = [this.info.bytesReceived, clock.now()]
      else if (clock.now() - changedAt > SILENCE_MS_MAX) this.close(silent)
    }
    this.#lifetime.own(clock.every(millis(SILENCE_CHECK_MS), look))
    this.#lifetime.own(
      clock.every(millis(KEYFRAME_EACH_MS), () => {
        for (const lane of this.#receiving) if (!lane.track.idle) lane.askForKeyframe()
      }),
    )
  }

  /** Nothing can be done about it here: whoever publishes would say the same again. */
  #mislabelled(announced: string, seen: string): void {
    this.#context.note({
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

const isKind = (type: string): type is Kind => type === 'video' || type === 'audio'

/** Sound in the peer's order; pictures in ours, with fragments where there is a choice (RFC 6184 §8.1). */
const chosenCodec = (remote: RemoteMedia, kind: Kind): Codec | undefined => {
  if (kind === 'audio') return remote.codecs.find(({ name }) => isCodecName(name))
  const name = PICTURES.find(one => remote.codecs.some(codec => codec.name === one))
  const fragmenting = /(^|;)\s*packetization-mode=1\b/
  const all = remote.codecs.filter(codec => codec.name === name)
  return all.find(({ formatParameters }) => fragmenting.test(formatParameters)) ?? all[0]
}
