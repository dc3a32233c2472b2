import { isCodecName } from '../../codecs/registry.ts'
import type { Codec, Kind } from '../../core/codec.ts'
import { connectionInfo } from '../../core/connection-info.ts'
import { MediaError } from '../../runtime/errors.ts'
import type { PublicationPlace } from '../../streams/stream.ts'
import { AnsweringPeer } from './answering-peer.ts'
import { payloadOf } from './negotiated-media.ts'
import { type RemoteDescription, type RemoteMedia, receives, sends } from './remote-description.ts'
import type { WebRtcPort } from './webrtc-port.ts'
import { WebRtcProducer } from './webrtc-producer.ts'
import type { WebRtcRequest, WebRtcSession } from './webrtc-session.ts'

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

/** Somebody who publishes by WebRTC (WHIP, RFC 9725, or by socket). */
export class WebRtcPublisher extends WebRtcProducer implements WebRtcSession {
  readonly #peer: AnsweringPeer

  private constructor(options: WebRtcPublisherOptions) {
    const { offer, place, port, iceServers, formatName, protocol, remoteAddress, userAgent } = options
    const { context } = place
    const info = connectionInfo({ formatName, protocol, remoteAddress, userAgent })
    const peer = new AnsweringPeer({ clock: context.clock, port, offer, iceServers, info })
    super({ info, context, peer })
    this.#peer = peer
    this.#agree(offer)
  }

  /**
   * Takes the offer; what is sent is part of the stream from when the peer is connected. Throws
   * `NothingPublishedError`, and a `LimitError` where there are too many peers already.
   */
  static publish(options: WebRtcPublisherOptions): WebRtcPublisher {
    const publisher = new WebRtcPublisher(options)
    if (!publisher.medias.some(({ direction }) => direction === 'recvonly')) {
      publisher.close()
      throw new NothingPublishedError('the offer sends nothing that can be taken')
    }
    publisher.#peer.start()
    publisher.#peer.connected.then(
      () => {
        publisher.watch()
        options.place.take(publisher)
      },
      () => {},
    )
    return publisher
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

  /** One codec of each m-line: the peer is to send exactly that. */
  #agree({ medias }: RemoteDescription): void {
    for (const remote of medias) {
      const { mid, type, codecs } = remote
      if (type !== 'video' && type !== 'audio') continue
      const codec = sends(remote) ? chosenCodec(remote, type) : undefined
      if (codec !== undefined) this.take(remote, type, codec)
      const spoken = type === 'audio' && receives(remote) ? codecs.map(one => payloadOf(one, remote)) : []
      if (spoken.length > 0) this.speakOn(mid, spoken)
    }
  }
}

/** Sound in the peer's order; pictures in ours, with fragments where there is a choice (RFC 6184 §8.1). */
const chosenCodec = (remote: RemoteMedia, kind: Kind): Codec | undefined => {
  if (kind === 'audio') return remote.codecs.find(({ name }) => isCodecName(name))
  const name = PICTURES.find(one => remote.codecs.some(codec => codec.name === one))
  const fragmenting = /(^|;)\s*packetization-mode=1\b/
  const all = remote.codecs.filter(codec => codec.name === name)
  return all.find(({ formatParameters }) => fragmenting.test(formatParameters)) ?? all[0]
}
