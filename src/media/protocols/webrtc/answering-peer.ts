import { describeError } from '../../runtime/errors.ts'
import { formatAnswer } from './answer.ts'
import { localFingerprint } from './dtls-session.ts'
import { PeerConnection, type PeerConnectionOptions } from './peer-connection.ts'
import type { RemoteDescription } from './remote-description.ts'

/** What an answer is made with. */
export interface AnsweringPeerOptions extends Omit<PeerConnectionOptions, 'ice'> {
  readonly offer: RemoteDescription
}

/** A session with a peer that came with an offer. */
export class AnsweringPeer extends PeerConnection {
  protected readonly offeredBy = 'peer'
  readonly #offer: RemoteDescription
  readonly #answer = Promise.withResolvers<(candidates: readonly string[]) => string>()

  /** Throws a `LimitError` where there are too many peers already. */
  constructor({ offer, ...options }: AnsweringPeerOptions) {
    const remote = { name: offer.iceName, password: offer.icePassword }
    super({ ...options, ice: { role: offer.isLite ? 'controlling' : 'controlled', remote } })
    this.#offer = offer
    for (const candidate of offer.candidates) this.addCandidate(candidate)
    this.#answer.promise.catch(() => {})
    void this.closed.then(({ message }) => this.#answer.reject(new Error(message)))
  }

  /** The answer to the offer, with all ways to reach us; without them for clients that are told of them later. */
  async answer(withCandidates: boolean): Promise<string> {
    const write = await this.#answer.promise
    return write(withCandidates ? await this.ice.gathered : [])
  }

  /** Everything that is sent and taken is known: answers. What is wrong with that ends the connection. */
  start(): void {
    this.#start().catch((error: unknown) => {
      this.#answer.reject(error)
      this.close(describeError(error))
    })
  }

  async #start(): Promise<void> {
    const offer = this.#offer
    const fingerprint = await localFingerprint()
    await this.connect(offer, offer.setup === 'passive' ? 'client' : 'server')
    const medias = this.negotiated
    this.#answer.resolve(candidates =>
      formatAnswer({
        ...{ offer, iceName: this.ice.localName, icePassword: this.ice.localPassword },
        ...{ fingerprint, candidates, canonicalName: this.canonicalName, medias },
      }),
    )
  }
}
