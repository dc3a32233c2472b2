import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import { type Credentials, checkBasic } from '../../net/authentication.ts'
import { isLoopback } from '../../net/socket-address.ts'
import { TcpConnection } from '../../net/tcp-connection.ts'
import {
  formatTextMessage,
  headerOf,
  parseRequestLine,
  type RequestLine,
  type TextHeaders,
  type TextLimits,
  type TextMessage,
} from '../../net/text-message.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError, LimitError, MalformedError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done } from '../../runtime/lifetime.ts'
import type { Logger } from '../../runtime/logger.ts'
import { describeTracks } from '../../sdp/medias-to-sdp.ts'
import { parseMediaRequest } from '../../streams/media-request.ts'
import { InterleavedReader } from './interleaved-reader.ts'
import { parseStreamTarget, trackIndexOf } from './request-target.ts'
import { RtspConsumer } from './rtsp-consumer.ts'
import { formatSession } from './session-header.ts'
import { nextState, type SessionMethod, type SessionState } from './session-state.ts'
import { formatTransport } from './transport-header.ts'

/** Far above what players send. */
const requestLimits: TextLimits = { headBytesMax: 64 * 1024, bodyBytesMax: 64 * 1024, headersMax: 128 }
/** Requests that may wait while a camera is being dialed: players send one at a time. */
const WAITING_MAX = 16
/** Bytes a player may leave unread before it gets no more answers: what a sender lets wait, and a burst. */
const PENDING_BYTES_MAX = 4 * 1024 * 1024
/** Seconds without a word from the player after which it counts as gone. */
const SILENCE_SECONDS_MAX = 60
/** go2rtc's list, to the letter: players choose how to keep alive by it. */
const PUBLIC = 'OPTIONS, SETUP, TEARDOWN, DESCRIBE, PLAY, PAUSE, ANNOUNCE, RECORD'
const NOTHING = Buffer.alloc(0)
/** Ends nobody needs to hear of, or has heard of already. */
const usualEnds: ReadonlySet<string> = new Set(['done', 'closed_by_peer', 'wrong_password', 'shutdown'])

/** What every session of a server shares. */
export interface SessionOptions {
  /** `undefined`: nobody is asked for a password. */
  readonly credentials: Credentials | undefined
  /** What a player gets that does not filter. */
  readonly defaultQuery: string
  /** `s=` of the description. */
  readonly sessionName: string
  readonly clock: Clock
  readonly logger: Logger
  /** Feeds a consumer from the stream of a name. Rejects with a `MediaError`. */
  watch(name: string, consumer: Consumer): Promise<void>
}

interface Answer {
  readonly status: string
  readonly headers?: TextHeaders
  readonly body?: Buffer
  /** Ends the connection after the answer. */
  readonly last?: CloseReason
  /** Runs once the answer is on its way. */
  readonly afterwards?: () => void
}

interface Request extends RequestLine {
  readonly headers: TextHeaders
}

/** One player's connection: asks and answers (RFC 2326), and a consumer from DESCRIBE on. */
export class RtspSession implements Closeable {
  readonly #options: SessionOptions
  readonly #connection: TcpConnection
  readonly #reader: InterleavedReader
  readonly #logger: Logger
  readonly #trusted: boolean
  readonly #waiting: TextMessage[] = []
  #busy = false
  #state: SessionState = 'init'
  #sessionId: string | undefined
  #consumer: RtspConsumer | undefined
  #sdp = NOTHING
  /** What DESCRIBE asked for. */
  #target: string | undefined
  #heardAt: number

  constructor(socket: Socket, options: SessionOptions) {
    this.#options = options
    this.#trusted = options.credentials === undefined || isLoopback(socket.remoteAddress)
    this.#heardAt = options.clock.now()
    this.#reader = new InterleavedReader(
      {
        // Receiver reports, or nothing we asked for: a sign of life either way.
        frame: () => this.#hear(),
        message: message => this.#message(message),
        skipped: () => {},
      },
      requestLimits,
    )
    this.#connection = TcpConnection.accept(socket, {
      clock: options.clock,
      onChunk: chunk => this.#reader.push(chunk),
    })
    this.#logger = options.logger.with({ remote: this.#connection.remoteAddress })
    void this.#connection.closed.then(reason => this.#ended(reason))
  }

  get closed(): Promise<CloseReason> {
    return this.#connection.closed
  }

  close(reason: CloseReason = done): void {
    this.#reader.stop()
    this.#connection.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Ends the session when its player has not said a whole message for a minute. */
  closeIfSilent(now: number): void {
    if (now - this.#heardAt > SILENCE_SECONDS_MAX * 1000)
      this.close({ code: 'silent', message: `the player has said nothing for ${SILENCE_SECONDS_MAX} s` })
  }

  #hear(): void {
    this.#heardAt = this.#options.clock.now()
  }

  #ended(reason: CloseReason): void {
    this.#reader.stop()
    this.#consumer?.close(reason)
    this.#logger[usualEnds.has(reason.code) ? 'debug' : 'warn']({ error: reason.message }, 'connection closed')
  }

  #message(message: TextMessage): void {
    this.#hear()
    // An answer to a question we never ask.
    if (message.startLine.startsWith('RTSP/')) return
    if (!this.#busy) {
      this.#handle(message)
      return
    }
    if (this.#waiting.length >= WAITING_MAX) throw new LimitError('requests at once', WAITING_MAX)
    this.#waiting.push(message)
  }

  #handle({ startLine, headers }: TextMessage): void {
    try {
      const request = { ...parseRequestLine(startLine), headers }
      this.#logger.trace({ method: request.method, target: request.target }, 'request')
      const answer = this.#refuse(request) ?? this.#answer(request)
      if (answer instanceof Promise) void this.#later(headers, answer)
      else this.#send(headers, answer)
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.#send(headers, { status: '400 Bad Request', last: describeError(error) })
    }
  }

  /** Requests that come meanwhile wait for their turn. */
  async #later(headers: TextHeaders, answer: Promise<Answer>): Promise<void> {
    this.#busy = true
    try {
      this.#send(headers, await answer)
      this.#busy = false
      while (!this.#busy && !this.#connection.ended && this.#waiting.length > 0) this.#handle(this.#waiting.shift()!)
    } catch (error) {
      this.close(describeError(error))
    }
  }

  #send(asked: TextHeaders, { status, headers = [], body = NOTHING, last, afterwards }: Answer): void {
    if (this.#connection.pendingBytes > PENDING_BYTES_MAX)
      throw new LimitError('bytes the player has not read', PENDING_BYTES_MAX)
    const sequence = headerOf(asked, 'CSeq')
    const sessionSaid = headers.some(([name]) => name === 'Session') || this.#sessionId === undefined
    const message = {
      startLine: `RTSP/1.0 ${status}`,
      headers: [
        ...(sequence === undefined ? [] : [['CSeq', sequence] as const]),
        ...(sessionSaid ? [] : [['Session', this.#sessionId!] as const]),
        ...headers,
      ],
      body,
    }
    this.#connection.write(formatTextMessage(message))
    afterwards?.()
    if (last !== undefined) this.close(last)
  }

  #refuse({ headers, protocol }: Request): Answer | undefined {
    if (!protocol.startsWith('RTSP/1.'))
      return { status: '505 RTSP Version Not Supported', last: { code: 'not_rtsp', message: `${protocol} spoken` } }
    const { credentials } = this.#options
    if (this.#trusted || credentials === undefined) return undefined
    const check = checkBasic(headerOf(headers, 'Authorization'), credentials)
    if (check === 'right') return undefined
    if (check === 'wrong') this.#logger.warn({}, 'failed authentication')
    const answer = { status: '401 Unauthorized', headers: [['WWW-Authenticate', 'Basic realm="go2rtc"']] as const }
    return check === 'absent'
      ? answer
      : { ...answer, last: { code: 'wrong_password', message: 'failed authentication' } }
  }

  #answer(request: Request): Answer | Promise<Answer> {
    switch (request.method) {
      case 'OPTIONS':
        return { status: '200 OK', headers: [['Public', PUBLIC]] }
      // go2rtc drops or ignores these two; players that keep alive with them are better served.
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return { status: '200 OK' }
      case 'DESCRIBE':
      case 'SETUP':
      case 'PLAY':
      case 'PAUSE':
      case 'TEARDOWN':
        return this.#advance(request.method, request)
      default:
        return { status: '501 Not Implemented' }
    }
  }

  #advance(method: SessionMethod, request: Request): Answer | Promise<Answer> {
    const next = nextState(this.#state, method)
    if (next === undefined) return { status: '455 Method Not Valid in This State' }
    if (method === 'DESCRIBE') return this.#describe(request)
    if (method === 'SETUP') return this.#setUp(request)
    this.#state = next
    if (method === 'TEARDOWN') return { status: '200 OK', last: done }
    const afterwards = method === 'PLAY' ? () => this.#consumer?.play() : () => this.#consumer?.pause()
    return { status: '200 OK', afterwards }
  }

  async #describe({ target, headers }: Request): Promise<Answer> {
    if (this.#target === undefined) {
      const problem = await this.#watch(target, headerOf(headers, 'User-Agent') ?? '')
      if (problem !== undefined) return { status: '404 Not Found', last: problem }
      this.#target = target
      this.#state = 'described'
    }
    if (this.#target !== target) return { status: '455 Method Not Valid in This State' }
    return { status: '200 OK', headers: [['Content-Type', 'application/sdp']], body: this.#sdp }
  }

  /** Finds the stream, by its name as written or as decoded: names may hold a `%`. Gives what went wrong. */
  async #watch(target: string, userAgent: string): Promise<CloseReason | undefined> {
    const { names, query } = parseStreamTarget(target)
    const asked = parseMediaRequest(query)
    const medias = asked.length > 0 ? asked : parseMediaRequest(this.#options.defaultQuery)
    let problem: CloseReason | undefined
    for (const name of names) {
      problem = await this.#watchByName(name, medias, userAgent)
      if (problem?.code !== 'stream_not_found') break
    }
    if (problem !== undefined)
      this.#logger.warn({ stream: names[0], error: problem.message }, 'stream cannot be watched')
    return problem
  }

  async #watchByName(name: string, medias: readonly Media[], userAgent: string): Promise<CloseReason | undefined> {
    const connection = this.#connection
    const { clock, sessionName } = this.#options
    const { remoteAddress } = connection
    const consumer = new RtspConsumer({ medias, userAgent, clock, connection, remoteAddress })
    this.#consumer = consumer
    // A player that leaves while its camera is being dialed is let go at once.
    if (connection.ended) consumer.close()
    try {
      await this.#options.watch(name, consumer)
    } catch (error) {
      consumer.close()
      return describeError(error)
    }
    const tracks = consumer.describe()
    if (consumer.ended || tracks.length === 0) {
      consumer.close()
      return { code: 'codec_mismatch', message: 'no track can be sent' }
    }
    consumer.info.sdp = describeTracks(sessionName, tracks)
    this.#sdp = Buffer.from(consumer.info.sdp, 'utf8')
    void consumer.closed.then(reason => this.close(reason))
    return undefined
  }

  #setUp({ target, headers }: Request): Answer {
    if (!proposesTcp(headerOf(headers, 'Transport') ?? '')) return { status: '461 Unsupported transport' }
    const channels = this.#consumer?.setUp(trackIndexOf(target))
    if (channels === undefined) return { status: '400 Bad Request' }
    this.#state = 'ready'
    this.#sessionId ??= String(randomInt(10_000_000, 100_000_000))
    return {
      status: '200 OK',
      headers: [
        ['Transport', formatTransport(channels)],
        ['Session', formatSession({ id: this.#sessionId, timeoutSeconds: SILENCE_SECONDS_MAX })],
      ],
    }
  }
}

/** Whether a `Transport` header proposes the one way we have, among others perhaps. */
const proposesTcp = (transport: string): boolean =>
  transport.split(',').some(one => /^\s*RTP\/AVP\/TCP\s*(?:;|$)/i.test(one))
