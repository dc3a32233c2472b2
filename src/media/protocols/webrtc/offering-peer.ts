import type { Codec } from '../../core/codec.ts'
import type { RtpPacket } from '../../rtp/rtp-packet.ts'
import { millis } from '../../runtime/units.ts'
import { localFingerprint } from './dtls-session.ts'
import { formatOffer, type OfferedLine } from './offer.ts'
import { PeerConnection, type PeerConnectionOptions } from './peer-connection.ts'
import { type RemoteDescription, type RemoteMedia, sends } from './remote-description.ts'

/** Packets that are kept until it is known what they are: more than a second of 4 Mbit/s. */
const WAITING_PACKETS_MAX = 512
/** Milliseconds in which each m-line must show what it is sent in; what has not by then is what was answered first. */
const SHOW_MS_MAX = 3000

/** How a peer is offered something. */
export type OfferingPeerOptions = Omit<PeerConnectionOptions, 'ice'>

/** A session with a peer that we have chosen: we offer, and it answers. */
export class OfferingPeer extends PeerConnection {
  protected readonly offeredBy = 'us'
  readonly #options: OfferingPeerOptions
  #waiting: RtpPacket[] | undefined = []
  readonly #seen = new Set<number>()
  #shown: () => void = () => {}

  /** Throws a `LimitError` where there are too many peers already. */
  constructor(options: OfferingPeerOptions) {
    super({ ...options, ice: { role: 'controlling', connects: true } })
    this.#options = options
  }

  /** The offer; with all ways to reach us where it cannot be told of them later. */
  async offer(lines: readonly OfferedLine[], withCandidates: boolean): Promise<string> {
    return formatOffer({
      ...{ iceName: this.ice.localName, icePassword: this.ice.localPassword, canonicalName: this.canonicalName },
      ...{ fingerprint: await localFingerprint(), lines, candidates: withCandidates ? await this.ice.gathered : [] },
    })
  }

  /** Takes the answer, and connects. Fulfilled when connected; rejects when the session ends before. */
  async accept(answer: RemoteDescription): Promise<void> {
    await this.connect(answer, answer.setup === 'passive' ? 'client' : 'server')
    this.ice.setRemote({ name: answer.iceName, password: answer.icePassword })
    for (const candidate of answer.candidates) this.addCandidate(candidate)
    await this.connected
  }

  /**
   * The m-lines that send something, each with the codec that it is sent in. Where several were answered, the first
   * packets tell; for those that send nothing within 3 s, it is the first that was answered.
   */
  async codecsOf(answer: RemoteDescription): Promise<readonly RemoteMedia[]> {
    const medias = answer.medias.filter(media => sends(media) && media.codecs.length > 0)
    const isKnown = (media: RemoteMedia): boolean => media.codecs.length === 1 || this.#codecSeenOf(media) !== undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    using _late = this.#options.clock.after(millis(SHOW_MS_MAX), resolve)
    this.#shown = () => {
      if (medias.every(isKnown)) resolve()
    }
    this.#shown()
    void this.closed.then(() => resolve())
    await promise
    return medias.map(media => ({ ...media, codecs: [this.#codecSeenOf(media) ?? media.codecs[0]!] }))
  }

  #codecSeenOf({ codecs }: RemoteMedia): Codec | undefined {
    return codecs.find(({ payloadType }) => payloadType !== undefined && this.#seen.has(payloadType))
  }

  /** Everything that is taken has its track: what has come meanwhile goes there. */
  release(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const packet of waiting) this.takeAgain(packet)
  }

  protected override unexpected(packet: RtpPacket): void {
    if (this.#waiting === undefined) return
    if (this.#waiting.length < WAITING_PACKETS_MAX) this.#waiting.push(packet)
    this.#seen.add(packet.payloadType)
    this.#shown()
  }
}
