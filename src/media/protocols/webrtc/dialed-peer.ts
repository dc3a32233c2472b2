import { connectionInfo } from '../../core/connection-info.ts'
import type { Producer } from '../../core/producer.ts'
import { MediaError } from '../../runtime/errors.ts'
import type { DialContext } from '../../streams/scheme.ts'
import { type OfferedLine, takenPictures, takenSound } from './offer.ts'
import { OfferingPeer } from './offering-peer.ts'
import { parseRemoteDescription, type RemoteDescription, receives } from './remote-description.ts'
import type { SendingLane } from './sending-lane.ts'
import { PeerRefusedError, postOffer, type SignallingOptions, SocketSignalling } from './signalling.ts'
import type { WebRtcPort } from './webrtc-port.ts'
import { WebRtcProducer } from './webrtc-producer.ts'
import type { WebRtcSource } from './webrtc-source.ts'

/** Our m-lines: what we want to be sent, and our voice. */
const PICTURES = '0'
const SOUND = '1'
const VOICE = '2'

/** A session that ended before it had begun; `code` is that of its end. */
export class PeerLostError extends MediaError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What a source is dialed with. */
export interface DialOptions {
  readonly source: WebRtcSource
  readonly context: DialContext
  readonly port: WebRtcPort
  readonly userAgent: string
}

/** Another server that we watch by WebRTC: by WHEP, or as go2rtc's clients do, and then it may be talked to. */
export class DialedPeer extends WebRtcProducer {
  readonly #peer: OfferingPeer
  readonly #context: DialContext

  private constructor({ source, context, port }: DialOptions) {
    const { signalling, url } = source
    const protocol = signalling === 'ws' ? 'ws' : 'http'
    const info = connectionInfo({ formatName: signalling === 'ws' ? 'webrtc' : 'webrtc/whep', protocol, url: url.href })
    const peer = new OfferingPeer({ clock: context.clock, port, info })
    super({ info, context, peer })
    this.#peer = peer
    this.#context = context
    const abort = (): void => this.close()
    context.signal.addEventListener('abort', abort, { once: true })
    void this.closed.then(() => context.signal.removeEventListener('abort', abort))
  }

  /** Dials it. Rejects with a `MediaError`. */
  static async dial(options: DialOptions): Promise<Producer> {
    const { source, context, userAgent } = options
    const dialed = new DialedPeer(options)
    const signalling = { source, clock: context.clock, userAgent, signal: context.signal }
    try {
      await (source.signalling === 'ws' ? dialed.#askBySocket(signalling) : dialed.#askByPost(signalling))
      return dialed
    } catch (error) {
      dialed.close()
      throw error
    }
  }

  async #askByPost(options: SignallingOptions): Promise<void> {
    const offer = await this.#peer.offer(lines, true)
    const { answer, remoteAddress, goodbye } = await postOffer(options, offer)
    void this.closed.then(goodbye)
    this.info.remoteAddress = remoteAddress
    await this.#settle(answerOf(answer))
  }

  async #askBySocket(options: SignallingOptions): Promise<void> {
    using socket = await SocketSignalling.open(options)
    this.info.remoteAddress = socket.remoteAddress
    const voice = this.#peer.send(VOICE, takenSound)
    const spoken: OfferedLine = { mid: VOICE, kind: 'audio', payloads: takenSound, sent: voice.sent }
    const offer = await this.#peer.offer([...lines, spoken], false)
    const asked = socket.ask(offer, this.#context.clock)
    this.#peer.tellCandidates(candidate => socket.tellCandidate(candidate))
    const answer = answerOf(await asked)
    socket.hearCandidates(candidate => this.#peer.addCandidate(candidate))
    await this.#settle(answer, voice)
  }

  async #settle(answer: RemoteDescription, voice?: SendingLane): Promise<void> {
    try {
      await this.#peer.accept(answer)
    } catch {
      const { code, message } = await this.closed
      throw new PeerLostError(code, message)
    }
    for (const media of await this.#peer.codecsOf(answer)) {
      const [codec] = media.codecs
      if (codec !== undefined) this.take(media, codec.kind, codec)
    }
    this.#peer.release()
    const heard = answer.medias.find(({ mid }) => mid === VOICE)
    if (voice !== undefined && heard !== undefined && receives(heard)) {
      const taken = new Set(heard.codecs.map(({ payloadType }) => payloadType))
      this.speakBy(
        VOICE,
        voice,
        takenSound.filter(({ payloadType }) => taken.has(payloadType)),
      )
    }
    this.watch()
  }
}

const lines: readonly OfferedLine[] = [
  { mid: PICTURES, kind: 'video', payloads: takenPictures },
  { mid: SOUND, kind: 'audio', payloads: takenSound },
]

const answerOf = (text: string): RemoteDescription => {
  try {
    return parseRemoteDescription(text)
  } catch (error) {
    if (error instanceof MediaError)
      throw new PeerRefusedError('bad_answer', `the answer makes no sense: ${error.message}`)
    throw error
  }
}
