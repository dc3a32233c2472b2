import { isCodecName } from '../../codecs/registry.ts'
import { type Codec, type Kind, sameCodec } from '../../core/codec.ts'
import type { ConnectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { PacketGroup } from '../../core/packet-group.ts'
import type { Producer, Talk } from '../../core/producer.ts'
import type { SessionRecord } from '../../core/session-record.ts'
import { type AnyTrack, type PacketTrack, Track } from '../../core/track.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { type NegotiatedPayload, payloadOf } from './negotiated-media.ts'
import type { PeerConnection } from './peer-connection.ts'
import { PeerTalk } from './peer-talk.ts'
import type { ReceivingLane } from './receiving-lane.ts'
import type { RemoteMedia } from './remote-description.ts'
import { packetsFor, type SendingLane } from './sending-lane.ts'

/** Tracks taken from one peer. */
const TRACKS_MAX = 8
/** Milliseconds between two keyframes asked of a peer: browsers send none unasked, and a new viewer needs one. */
const KEYFRAME_EACH_MS = 2000
/** Milliseconds without media after which a peer counts as gone: as by RTSP. */
const SILENCE_MS_MAX = 15_000
const SILENCE_CHECK_MS = 1000

const silent: CloseReason = { code: 'peer_silent', message: 'nothing came from the other side for 15 s' }

/** What a producer works with. */
export interface WebRtcProducerOptions {
  readonly info: ConnectionInfo
  readonly context: DialContext
  readonly peer: PeerConnection
}

/** What a peer sends becomes tracks; where it takes sound, there is a way back. */
export class WebRtcProducer implements Producer {
  readonly info: ConnectionInfo
  readonly medias: Media[] = []
  protected readonly lifetime = new Lifetime()
  readonly #context: DialContext
  readonly #peer: PeerConnection
  readonly #tracks = new Map<Media, PacketTrack>()
  readonly #receiving: ReceivingLane[] = []
  readonly #speakers = new Map<Media, SendingLane>()
  readonly #counts = { video: 0, audio: 0 }
  #talk: PeerTalk | undefined

  constructor({ info, context, peer }: WebRtcProducerOptions) {
    this.info = info
    this.#context = context
    this.#peer = this.lifetime.own(peer)
    void peer.closed.then(reason => this.lifetime.close(reason))
  }

  get session(): SessionRecord {
    return this.#peer.record
  }

  get closed(): Promise<CloseReason> {
    return this.lifetime.closed
  }

  /** Takes what the peer sends on an m-line, in this codec of it. */
  protected take(remote: RemoteMedia, kind: Kind, codec: Codec): void {
    if (this.#tracks.size >= TRACKS_MAX) return
    const { budget, continuity } = this.#context
    const track = new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget })
    const media: Media = { kind, direction: 'recvonly', codecs: [codec], id: remote.mid }
    this.#tracks.set(media, this.lifetime.own(track))
    this.medias.push(media)
    const mislabelled = (seen: string): void => this.#mislabelled(codec.name, seen)
    const numbering = continuity(kind, this.#counts[kind]++)
    this.#receiving.push(this.#peer.receive(remote, payloadOf(codec, remote), track, numbering, mislabelled))
  }

  /** Offers an m-line's other direction to who wants to talk, in those of its codecs that are known. */
  protected speakOn(mid: string, payloads: readonly NegotiatedPayload[]): void {
    const known = payloads.filter(({ codec }) => isCodecName(codec.name))
    if (known.length > 0) this.speakBy(mid, this.#peer.send(mid, known), known)
  }

  /** The same where the peer has been told already what it is sent. */
  protected speakBy(mid: string, lane: SendingLane, payloads: readonly NegotiatedPayload[]): void {
    const codecs = payloads.map(({ codec }) => codec)
    const media: Media = { kind: 'audio', direction: 'sendonly', codecs, id: `${mid}/speaker` }
    this.#speakers.set(media, lane)
    this.medias.push(media)
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
    if (lane === undefined || packets === undefined || payload === undefined || this.lifetime.ended) return undefined
    this.#talk?.[Symbol.dispose]()
    this.#talk = new PeerTalk(lane, packets, payload)
    return this.#talk
  }

  /** The peer is connected: from now on it must be heard of, and keyframes are asked of it while somebody watches. */
  protected watch(): void {
    const { clock } = this.#context
    let [bytes, changedAt] = [this.info.bytesReceived, clock.now()]
    const look = (): void => {
      if (this.info.bytesReceived !== bytes) [bytes, changedAt] = [this.info.bytesReceived, clock.now()]
      else if (clock.now() - changedAt > SILENCE_MS_MAX) this.close(silent)
    }
    this.lifetime.own(clock.every(millis(SILENCE_CHECK_MS), look))
    this.lifetime.own(
      clock.every(millis(KEYFRAME_EACH_MS), () => {
        for (const lane of this.#receiving) if (!lane.track.idle) lane.askForKeyframe()
      }),
    )
  }

  /** Nothing can be done about it here: the peer would say the same again. */
  #mislabelled(announced: string, seen: string): void {
    this.#context.note({
      code: 'codec_mislabelled',
      message: `the other side announced ${announced} and sends ${seen}`,
      details: { announced, seen },
    })
  }

  close(reason?: CloseReason): void {
    this.lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
