import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { type ClientOptions, WebSocket } from 'ws'
import { ClosedError, describeError, MediaError } from '../runtime/errors.ts'
import { type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import { millis } from '../runtime/units.ts'
import { ClientAuthentication, type Credentials } from './authentication.ts'
import type { ByteConnection } from './byte-connection.ts'
import { DialError, dialError, isMetadataAddress } from './dial-error.ts'
import { formatAddress } from './socket-address.ts'
import { type ConnectionOptions, closedByPeer, guardedLookup, lossOf } from './tcp-connection.ts'

/** Bytes of one message: real ones are a packet to some dozens of them. */
const MESSAGE_BYTES_MAX = 1024 * 1024
/** Milliseconds a closing handshake may take. */
const LINGER_MS_MAX = 1000
/** Times one address is asked: plainly, with the password, and once more when the server's nonce was too old. */
const ATTEMPTS_MAX = 3
/** Who speaks RTSP over WebSockets calls it so. */
const SUBPROTOCOL = 'binary'

/** Where to, and how. */
export interface WebSocketOptions extends ConnectionOptions {
  /** `ws:` or `wss:`; what it holds of a user is not used. */
  readonly url: URL
  readonly credentials?: Credentials
  /** Certificates are not checked. Those of bare addresses never are: they cannot have any. */
  readonly unverified: boolean
  readonly timeoutMs: number
  /** Whether it is asked for as who speaks RTSP does. Default true. */
  readonly subprotocol?: boolean
  /** Gives up while connecting; does nothing afterwards. */
  readonly signal: AbortSignal
}

/** Why something that answers is no WebSocket for us. */
export type UpgradeErrorCode = 'wrong_password' | 'password_needed' | 'login_not_supported' | 'upgrade_refused'

/** A server that does not let us in. */
export class UpgradeError extends MediaError {
  readonly code: UpgradeErrorCode

  constructor(code: UpgradeErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The messages of a WebSocket (RFC 6455): each is a chunk of a stream of bytes, or a text. */
export class WebSocketConnection implements ByteConnection {
  readonly remoteAddress: string
  readonly #socket: WebSocket
  readonly #lifetime = new Lifetime()

  private constructor({ socket, remoteAddress }: Opened, { clock, onChunk }: WebSocketOptions) {
    this.#socket = socket
    this.remoteAddress = remoteAddress
    socket.on('message', data => this.#receive(data as Buffer, onChunk))
    socket.on('error', error => this.close(lossOf(error)))
    socket.on('close', () => this.close(closedByPeer))
    if (socket.readyState === WebSocket.CLOSED) this.close(closedByPeer)
    else socket.resume()
    this.#lifetime.defer(() => {
      const linger = clock.after(millis(LINGER_MS_MAX), () => socket.terminate())
      socket.once('close', () => linger[Symbol.dispose]())
      socket.close()
    })
  }

  /**
   * Connects, logging in where it must. Rejects with a `DialError`, an `UpgradeError`, or with
   * `ClosedError` when the signal aborts.
   */
  static async dial(options: WebSocketOptions): Promise<WebSocketConnection> {
    const authentication = options.credentials && new ClientAuthentication(options.credentials)
    let subprotocol = options.subprotocol ?? true
    for (let refusals = 0; ; ) {
      const opened = await open(options, authentication, subprotocol)
      if (opened === 'no subprotocol') subprotocol = false
      else if ('socket' in opened) return new WebSocketConnection(opened, options)
      else logIn(opened.refused, authentication, ++refusals)
    }
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  get pendingBytes(): number {
    return this.#socket.bufferedAmount
  }

  write(bytes: Buffer): void {
    if (!this.#lifetime.ended) this.#socket.send(bytes, { binary: true }, () => {})
  }

  /** Sends a message of text. */
  writeText(text: string): void {
    if (!this.#lifetime.ended) this.#socket.send(text, { binary: false }, () => {})
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #receive(chunk: Buffer, onChunk: (chunk: Buffer) => void): void {
    if (this.#lifetime.ended) return
    try {
      onChunk(chunk)
    } catch (error) {
      this.close(describeError(error))
    }
  }
}

interface Opened {
  readonly socket: WebSocket
  readonly remoteAddress: string
}

/** What became of one attempt: a socket that is held until somebody listens, or what the server says instead. */
type Attempt = Opened | { readonly refused: IncomingMessage } | 'no subprotocol'

const open = async (
  options: WebSocketOptions,
  authentication: ClientAuthentication | undefined,
  subprotocol: boolean,
): Promise<Attempt> => {
  const { url, clock, signal, timeoutMs } = options
  const secure = url.protocol === 'wss:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const target = { host, port: Number(url.port) || (secure ? 443 : 80), timeoutMs }
  if (signal.aborted) throw new ClosedError('the dial')
  if (isMetadataAddress(host)) throw new DialError('address_not_allowed', target)
  const path = `${url.pathname}${url.search}`
  const authorization = authentication?.authorize({ method: 'GET', target: path })
  const socket = new WebSocket(`${url.protocol}//${url.host}${path}`, subprotocol ? [SUBPROTOCOL] : [], {
    ...settings,
    // What ws gives to the socket that it opens.
    ...({ lookup: guardedLookup(target) } as ClientOptions),
    rejectUnauthorized: secure && !options.unverified && isIP(host) === 0,
    headers: authorization === undefined ? {} : { Authorization: authorization },
  })
  const { promise, resolve, reject } = Promise.withResolvers<Attempt>()
  const abort = (): void => reject(new ClosedError('the dial'))
  const timer = clock.after(millis(timeoutMs), () => reject(new DialError('timed_out', target)))
  signal.addEventListener('abort', abort, { once: true })
  let remoteAddress = ''
  socket.on('upgrade', ({ socket: { remoteAddress: address, remotePort } }) => {
    remoteAddress = formatAddress(address, remotePort)
  })
  socket.on('open', () => {
    socket.pause()
    resolve({ socket, remoteAddress })
  })
  socket.on('unexpected-response', (_request, refused) => resolve({ refused }))
  socket.on('error', error => {
    // QUIRK servers that do not repeat the subprotocol they were asked for.
    if (error.message === 'Server sent no subprotocol') resolve('no subprotocol')
    else reject(failure(error, target))
  })
  try {
    const attempt = await promise
    if (attempt === 'no subprotocol' || 'refused' in attempt) socket.terminate()
    return attempt
  } catch (error) {
    socket.terminate()
    throw error
  } finally {
    timer[Symbol.dispose]()
    signal.removeEventListener('abort', abort)
  }
}

/** What has no code of the system is what the handshake did not like. */
const failure = (error: Error & { readonly code?: string }, target: Parameters<typeof dialError>[1]): MediaError =>
  error instanceof DialError || (error.code !== undefined && !error.code.startsWith('HPE_'))
    ? dialError(error, target)
    : new UpgradeError('upgrade_refused', `what answers there does not speak WebSocket: ${error.message}`)

const settings: ClientOptions = {
  maxPayload: MESSAGE_BYTES_MAX,
  perMessageDeflate: false,
  // RTP does not compress, and what is no text need not be checked to be.
  skipUTF8Validation: true,
  followRedirects: false,
}

/** Takes what a server says instead of opening: its challenge, for the next attempt. Throws `UpgradeError` where there is no use in one. */
const logIn = (
  { statusCode = 0, statusMessage = '', headersDistinct }: IncomingMessage,
  authentication: ClientAuthentication | undefined,
  refusals: number,
): void => {
  if (statusCode !== 401)
    throw new UpgradeError(
      'upgrade_refused',
      `the camera opens no WebSocket there: it answered ${`${statusCode} ${statusMessage}`.trim()}`,
    )
  if (authentication === undefined)
    throw new UpgradeError('password_needed', 'the camera asks for a user name and a password')
  if (!authentication.accept(headersDistinct['www-authenticate'] ?? []))
    throw new UpgradeError('login_not_supported', 'the camera asks for a way of logging in that is not known here')
  if (refusals >= (authentication.stale ? ATTEMPTS_MAX : ATTEMPTS_MAX - 1))
    throw new UpgradeError('wrong_password', 'the camera refused the user name or password')
}
