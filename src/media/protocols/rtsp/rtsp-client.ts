import { ClientAuthentication } from '../../net/authentication.ts'
import type { ByteConnection } from '../../net/byte-connection.ts'
import { TcpConnection } from '../../net/tcp-connection.ts'
import {
  formatTextMessage,
  headerOf,
  headersOf,
  parseStatusLine,
  type TextHeaders,
  type TextMessage,
} from '../../net/text-message.ts'
import { WebSocketConnection } from '../../net/websocket-connection.ts'
import type { Clock } from '../../runtime/clock.ts'
import { ClosedError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { asItself, asksAllButItself } from './camera-quirks.ts'
import { InterleavedReader } from './interleaved-reader.ts'
import type { FrameRouter } from './media-carrier.ts'
import { CameraError, cameraErrors } from './rtsp-errors.ts'
import { credentialsFor, type RtspUrl } from './rtsp-url.ts'

/** Bytes in a row, once media flows, that may be neither packet nor message: some lost packets' worth. */
const GARBAGE_BYTES_MAX = 64 * 1024
/** Times one request is sent: plainly, with the password, and once more when the server's nonce was too old. */
const ATTEMPTS_MAX = 3
/** Bytes a camera may leave unread before it gets no more answers, reports and sound. */
const PENDING_BYTES_MAX = 64 * 1024
const NOTHING = Buffer.alloc(0)

/** What a client works with. */
export interface RtspClientOptions {
  readonly clock: Clock
  /** Gives up connecting, or the question being asked; the connection stays. */
  readonly signal: AbortSignal
  readonly userAgent: string
  /** For connecting, and for each answer. */
  readonly timeoutMs: number
  /** Goes through this WebSocket instead of to the address itself. */
  readonly webSocket?: URL
  /** Gets interleaved frames, whose payloads are views that stay valid, and hears of garbage between them. */
  readonly router: FrameRouter
}

/** What a camera answered. */
export interface RtspResponse {
  readonly status: number
  readonly reason: string
  readonly headers: TextHeaders
  readonly body: Buffer
}

interface Pending {
  readonly sequence: number
  readonly resolve: (response: RtspResponse) => void
  readonly reject: (error: Error) => void
}

/** A connection to a camera that asks and is answered (RFC 2326), logging in where it must. One question at a time. */
export class RtspClient implements Closeable {
  readonly #options: RtspClientOptions
  readonly #authentication: ClientAuthentication | undefined
  readonly #reader: InterleavedReader
  #connection: ByteConnection | undefined
  #pending: Pending | undefined
  #sequence = 0
  #answered = false
  /** See the quirk. */
  #asItself = false
  /** Sent with every request once the camera has named it. */
  session: string | undefined
  bytesReceived = 0
  bytesSent = 0

  private constructor(url: RtspUrl, options: RtspClientOptions) {
    this.#options = options
    this.#authentication = url.credentials && new ClientAuthentication(url.credentials)
    this.#reader = new InterleavedReader({
      frame: (channel, memory, start, end) => options.router.frame(channel, memory, start, end),
      message: message => this.#message(message),
      skipped: bytes => options.router.skipped(bytes),
    })
  }

  /** Connects. Rejects with a `DialError`, or with `ClosedError` when the signal aborts. */
  static async connect(url: RtspUrl, options: RtspClientOptions): Promise<RtspClient> {
    const client = new RtspClient(url, options)
    client.#connection = await open(url, options, chunk => client.#chunk(chunk))
    void client.#connection.closed.then(() => client.#pending?.reject(cameraErrors.closed()))
    return client
  }

  get closed(): Promise<CloseReason> {
    return this.#live.closed
  }

  get remoteAddress(): string {
    return this.#live.remoteAddress
  }

  /** As connections are described: `rtsp+tcp`. */
  get protocol(): 'rtsp+tcp' | 'rtsp+ws' {
    return this.#options.webSocket === undefined ? 'rtsp+tcp' : 'rtsp+ws'
  }

  /** From now on garbage between packets is passed over, within limits; so are channels beyond those expected. */
  tolerateGarbage(channelMax: number): void {
    this.#reader.garbageBytesMax = GARBAGE_BYTES_MAX
    this.#reader.channelMax = channelMax
  }

  /**
   * Asks, logging in when the camera wants it, and gives any answer but 401. Rejects with a
   * `CameraError`: refused password, no answer in time, an answer that is not RTSP, the end.
   */
  async request(method: string, target: string, headers: TextHeaders = []): Promise<RtspResponse> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#ask(method, target, headers)
      if (response.status !== 401) return response
      if (this.#authentication === undefined) {
        if (this.#asItself || !asksAllButItself(response.headers)) throw cameraErrors.passwordNeeded()
        this.#asItself = true
        continue
      }
      if (!this.#authentication.accept(headersOf(response.headers, 'WWW-Authenticate')))
        throw cameraErrors.loginNotSupported()
      // The first 401 is the question. A second one is the answer, unless only the nonce was old.
      if (attempt >= (this.#authentication.stale ? ATTEMPTS_MAX : ATTEMPTS_MAX - 1)) throw cameraErrors.wrongPassword()
    }
  }

  /** Sends an interleaved frame; a camera that does not read loses it. */
  sendFrame(channel: number, payload: Buffer): void {
    if (this.#live.ended || this.#live.pendingBytes > PENDING_BYTES_MAX) return
    const head = Buffer.from([0x24, channel, payload.length >> 8, payload.length & 0xff])
    this.bytesSent += head.length + payload.length
    this.#live.write(Buffer.concat([head, payload]))
  }

  /** Says something without waiting for what the camera thinks of it. */
  tell(method: string, target: string): void {
    this.#send(method, target, [])
  }

  close(reason: CloseReason = done): void {
    this.#reader.stop()
    this.#connection?.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  get #live(): ByteConnection {
    if (this.#connection === undefined) throw new TypeError('not connected')
    return this.#connection
  }

  async #ask(method: string, target: string, headers: TextHeaders): Promise<RtspResponse> {
    if (this.#pending !== undefined) throw new TypeError('one question at a time')
    if (this.#live.ended) throw cameraErrors.closed()
    const { promise, resolve, reject } = Promise.withResolvers<RtspResponse>()
    const { clock, timeoutMs, signal } = this.#options
    const abort = (): void => reject(new ClosedError('the dial'))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    const timer = clock.after(millis(timeoutMs), () => reject(cameraErrors.silent(timeoutMs)))
    this.#pending = { sequence: this.#send(method, target, headers), resolve, reject }
    try {
      return await promise
    } finally {
      this.#pending = undefined
      timer[Symbol.dispose]()
      signal.removeEventListener('abort', abort)
    }
  }

  #send(method: string, asked: string, headers: TextHeaders): number {
    this.#sequence++
    const target = this.#asItself ? asItself(asked) : asked
    const authorization = this.#authentication?.authorize({ method, target })
    this.#write({
      startLine: `${method} ${target} RTSP/1.0`,
      headers: [
        // Some cameras know this header in exactly this case only.
        ['CSeq', String(this.#sequence)],
        ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
        ['User-Agent', this.#options.userAgent],
        ...(this.session === undefined ? [] : [['Session', this.session] as const]),
        ...headers,
      ],
      body: NOTHING,
    })
    return this.#sequence
  }

  #write(message: TextMessage): void {
    const bytes = formatTextMessage(message)
    this.bytesSent += bytes.length
    this.#live.write(bytes)
  }

  #chunk(chunk: Buffer): void {
    this.bytesReceived += chunk.length
    try {
      this.#reader.push(chunk)
    } catch (error) {
      const reason = explain(error, this.#answered)
      this.#pending?.reject(reason)
      throw reason
    }
  }

  #message(message: TextMessage): void {
    if (message.startLine.startsWith('RTSP/')) this.#response(message)
    else if (!this.#answered) throw cameraErrors.notRtsp()
    else this.#answer(message)
  }

  #response({ startLine, headers, body }: TextMessage): void {
    const { status, reason } = parseStatusLine(startLine)
    this.#answered = true
    const sequence = headerOf(headers, 'CSeq')
    const pending = this.#pending
    // An answer to a question we gave up. Cameras that do not number their answers give them in order.
    if (pending === undefined || (sequence !== undefined && Number(sequence) !== pending.sequence)) return
    pending.resolve({ status, reason, headers, body })
  }

  /** A question of the camera's, usually whether we are still there. */
  #answer({ startLine, headers }: TextMessage): void {
    if (this.#live.pendingBytes > PENDING_BYTES_MAX) return
    const known = /^(OPTIONS|GET_PARAMETER|SET_PARAMETER) /.test(startLine)
    const sequence = headerOf(headers, 'CSeq')
    this.#write({
      startLine: known ? 'RTSP/1.0 200 OK' : 'RTSP/1.0 501 Not Implemented',
      headers: sequence === undefined ? [] : [['CSeq', sequence]],
      body: NOTHING,
    })
  }
}

const open = (
  url: RtspUrl,
  { webSocket, clock, signal, timeoutMs }: RtspClientOptions,
  onChunk: (chunk: Buffer) => void,
): Promise<ByteConnection> => {
  const common = { clock, signal, timeoutMs, onChunk }
  if (webSocket !== undefined) {
    const credentials = credentialsFor(webSocket, url)
    const unverified = url.scheme === 'rtspx'
    return WebSocketConnection.dial({ ...common, url: webSocket, unverified, ...(credentials && { credentials }) })
  }
  const { host, port, scheme } = url
  const tls = checksCertificate(url) ? ('verified' as const) : ('unverified' as const)
  return TcpConnection.dial({ ...common, host, port, ...(scheme !== 'rtsp' && { tls }) })
}

/** A certificate names hosts, hardly ever addresses: by address nothing could be checked. */
const checksCertificate = (url: RtspUrl): boolean => url.scheme === 'rtsps' && !/^[\d.]+$|:/.test(url.host)

/** What broke the conversation: before the first answer, the other side may be anything. */
const explain = (error: unknown, answered: boolean): CameraError => {
  if (error instanceof CameraError) return error
  return answered ? cameraErrors.garbled(error) : cameraErrors.notRtsp(error)
}
