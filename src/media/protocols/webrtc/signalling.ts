import { readBodyWithin } from '../../net/http-body.ts'
import { HttpClient } from '../../net/http-client.ts'
import { WebSocketConnection } from '../../net/websocket-connection.ts'
import type { Clock } from '../../runtime/clock.ts'
import { MediaError, TimedOutError } from '../../runtime/errors.ts'
import { millis } from '../../runtime/units.ts'
import type { WebRtcSource } from './webrtc-source.ts'

/** Milliseconds for an answer: the other side may have to dial a camera first. */
const TIMEOUT_MS = 15_000
/** Milliseconds that saying goodbye may take. */
const GOODBYE_MS = 2000
/** Bytes of an answer. */
const ANSWER_BYTES_MAX = 64 * 1024

/** The other side does not want to be a source. */
export class PeerRefusedError extends MediaError {
  readonly code: 'peer_refused' | 'bad_answer'

  constructor(code: PeerRefusedError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** What an offer is brought with. */
export interface SignallingOptions {
  readonly source: WebRtcSource
  readonly clock: Clock
  readonly userAgent: string
  /** Gives up while asking. */
  readonly signal: AbortSignal
}

/** What came of an offer. */
export interface Signalled {
  /** A session description. */
  readonly answer: string
  readonly remoteAddress: string
  /** Tells the other side that the session is over, where there is a way to. Never throws. */
  readonly goodbye: () => void
}

/** Posts an offer and takes the answer (WHEP). Rejects with a `MediaError`. */
export const postOffer = async (options: SignallingOptions, offer: string): Promise<Signalled> => {
  const { url } = options.source
  const answer = await clientOf(options, TIMEOUT_MS, options.signal).post(url, {
    type: 'application/sdp',
    content: offer,
  })
  const reading = readBodyWithin(answer.body, ANSWER_BYTES_MAX, options.clock, TIMEOUT_MS)
  const body = await reading.catch(() => undefined)
  if (body === undefined)
    throw new PeerRefusedError('bad_answer', 'the answer broke off, or was no session description')
  const { location } = answer.body.headers
  const session = location === undefined ? null : URL.parse(location, answer.url)
  const goodbye = (): void => {
    // Only the server that we asked: a password may go with it.
    if (session === null || session.origin !== answer.url.origin) return
    const client = clientOf(options, GOODBYE_MS, AbortSignal.timeout(GOODBYE_MS))
    client.delete(session).then(
      ({ body: rest }) => rest.destroy(),
      () => {},
    )
  }
  return { answer: body.toString('utf8'), remoteAddress: answer.remoteAddress, goodbye }
}

const clientOf = (
  { source, clock, userAgent }: SignallingOptions,
  timeoutMs: number,
  signal: AbortSignal,
): HttpClient =>
  new HttpClient({
    ...{ clock, signal, timeoutMs, headers: [['User-Agent', userAgent]], unverified: false },
    ...(source.credentials && { credentials: source.credentials }),
  })

/** An offer on its way by go2rtc's `/api/ws`. */
export class SocketSignalling implements Disposable {
  readonly #answer = Promise.withResolvers<string>()
  readonly #early: string[] = []
  #connection: WebSocketConnection | undefined
  #onCandidate: ((candidate: string) => void) | undefined

  private constructor() {
    this.#answer.promise.catch(() => {})
  }

  /** Connects. Rejects with a `MediaError`. */
  static async open({ source, clock, signal }: SignallingOptions): Promise<SocketSignalling> {
    const opened = new SocketSignalling()
    const connection = await WebSocketConnection.dial({
      ...{ clock, signal, url: source.url, unverified: false, timeoutMs: TIMEOUT_MS, subprotocol: false },
      ...(source.credentials && { credentials: source.credentials }),
      onChunk: message => opened.#read(message),
    })
    opened.#connection = connection
    void connection.closed.then(() =>
      opened.#answer.reject(
        new PeerRefusedError('peer_refused', 'the other side closed the connection without an answer'),
      ),
    )
    return opened
  }

  get remoteAddress(): string {
    return this.#connection?.remoteAddress ?? ''
  }

  /** Sends the offer; the answer. Rejects with a `MediaError`. */
  async ask(offer: string, clock: Clock): Promise<string> {
    this.#tell('webrtc/offer', offer)
    const late = new TimedOutError('the answer', TIMEOUT_MS)
    using _timer = clock.after(millis(TIMEOUT_MS), () => this.#answer.reject(late))
    return await this.#answer.promise
  }

  /** Tells one of our candidates: `candidate:…`. */
  tellCandidate(candidate: string): void {
    this.#tell('webrtc/candidate', candidate)
  }

  /** Hears of the other side's candidates, those that came already among them. */
  hearCandidates(take: (candidate: string) => void): void {
    this.#onCandidate = take
    for (const candidate of this.#early.splice(0)) take(candidate)
  }

  #tell(type: string, value: string): void {
    this.#connection?.writeText(JSON.stringify({ type, value }))
  }

  #read(bytes: Buffer): void {
    const message = parseMessage(bytes)
    if (message === undefined) return
    const { type, value } = message
    if (type === 'webrtc/answer') this.#answer.resolve(value)
    else if (type === 'error')
      this.#answer.reject(new PeerRefusedError('peer_refused', `the other side says: ${value}`))
    else if (type === 'webrtc/candidate' && value !== '') {
      if (this.#onCandidate !== undefined) this.#onCandidate(value)
      else if (this.#early.length < CANDIDATES_MAX) this.#early.push(value)
    }
  }

  [Symbol.dispose](): void {
    this.#connection?.close()
  }
}

/** Candidates that may come before they are asked for. */
const CANDIDATES_MAX = 64

const parseMessage = (bytes: Buffer): { readonly type: string; readonly value: string } | undefined => {
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof message !== 'object' || message === null || !('type' in message)) return undefined
    const value = 'value' in message ? message.value : ''
    return typeof message.type === 'string' && typeof value === 'string' ? { type: message.type, value } : undefined
  } catch {
    return undefined
  }
}
