import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Consumer } from '../../core/consumer.ts'
import type { Credentials } from '../../net/authentication.ts'
import { ServerAuthentication } from '../../net/server-authentication.ts'
import { isLoopback } from '../../net/socket-address.ts'
import { TcpConnection } from '../../net/tcp-connection.ts'
import {
  formatTextMessage,
  headerOf,
  parseRequestLine,
  type TextHeaders,
  type TextLimits,
  type TextMessage,
} from '../../net/text-message.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError, LimitError, MalformedError } from '../../runtime/errors.ts'
import { type Closeable, type CloseReason, done } from '../../runtime/lifetime.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { PublicationPlace } from '../../streams/stream.ts'
import { InterleavedReader } from './interleaved-reader.ts'
import { PlayerRole } from './player-role.ts'
import { PublisherRole } from './publisher-role.ts'
import { formatSession } from './session-header.ts'
import type { SessionAnswer, SessionRequest, SessionRole } from './session-request.ts'
import { nextState, type SessionMethod, type SessionState } from './session-state.ts'

/** Far above what players send. */
const requestLimits: TextLimits = { headBytesMax: 64 * 1024, bodyBytesMax: 64 * 1024, headersMax: 128 }
/** Requests that may wait while a camera is being dialed: players send one at a time. */
const WAITING_MAX = 16
/** Bytes a player may leave unread before it gets no more answers: what a sender lets wait, and a burst. */
const PENDING_BYTES_MAX = 4 * 1024 * 1024
/** Seconds without a word from a client that has not said yet what it wants. */
const SILENCE_SECONDS_MAX = 60
/** What challenges call us: Home Assistant and others look for go2rtc's name. */
const REALM = 'go2rtc'
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
  /** Bytes of a packet unless a player asks; 0: as the camera made them. */
  readonly packetBytesMax: number
  /** Whether players may have their packets as datagrams. */
  readonly udp: boolean
  /** `s=` of the description. */
  readonly sessionName: string
  readonly clock: Clock
  readonly logger: Logger
  /** Feeds a consumer from the stream of a name. Rejects with a `MediaError`. */
  watch(name: string, consumer: Consumer): Promise<void>
  /** Where somebody who publishes at a path belongs; `undefined`: nowhere. */
  placeFor(path: string): PublicationPlace | undefined
}

/** One client's connection: asks and answers (RFC 2326), and from DESCRIBE or ANNOUNCE on a role: it plays, or it publishes. */
export class RtspSession implements Closeable {
  readonly #options: SessionOptions
  readonly #connection: TcpConnection
  readonly #reader: InterleavedReader
  readonly #logger: Logger
  readonly #authentication: ServerAuthentication | undefined
  readonly #waiting: TextMessage[] = []
  #busy = false
  #state: SessionState = 'init'
  #sessionId: string | undefined
  #role: SessionRole | undefined
  /** A player that is being fed, before it has a role. */
  #consumer: Consumer | undefined
  #heardAt: number

  constructor(socket: Socket, options: SessionOptions) {
    const { credentials, clock } = options
    this.#options = options
    const trusted = credentials === undefined || isLoopback(socket.remoteAddress)
    this.#authentication = trusted ? undefined : new ServerAuthentication(credentials, REALM)
    this.#heardAt = clock.now()
    this.#reader = new InterleavedReader(
      {
        // Media, reports, or nothing we asked for: a sign of life whichever.
        frame: (channel, memory, start, end) => {
          this.#hear()
          this.#role?.frame(channel, memory, start, end)
        },
        message: message => this.#message(message),
        skipped: () => {},
      },
      requestLimits,
    )
    this.#connection = TcpConnection.accept(socket, { clock, onChunk: chunk => this.#reader.push(chunk) })
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

  /** Ends the session when its client has not said a word for too long. */
  closeIfSilent(now: number): void {
    const seconds = this.#role?.silenceSecondsMax ?? SILENCE_SECONDS_MAX
    if (now - this.#heardAt > seconds * 1000)
      this.close({ code: 'silent', message: `the client has said nothing for ${seconds} s` })
  }

  #hear(): void {
    this.#heardAt = this.#options.clock.now()
  }

  #ended(reason: CloseReason): void {
    this.#reader.stop()
    this.#consumer?.close(reason)
    this.#role?.end(reason)
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

  #handle({ startLine, headers, body }: TextMessage): void {
    try {
      const request = { ...parseRequestLine(startLine), headers, body }
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
  async #later(headers: TextHeaders, answer: Promise<SessionAnswer>): Promise<void> {
    this.#busy = true
    try {
      this.#send(headers, await answer)
      this.#busy = false
      while (!this.#busy && !this.#connection.ended && this.#waiting.length > 0) this.#handle(this.#waiting.shift()!)
    } catch (error) {
      this.close(describeError(error))
    }
  }

  #send(asked: TextHeaders, { status, headers = [], body = NOTHING, last, afterwards }: SessionAnswer): void {
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

  #refuse(request: SessionRequest): SessionAnswer | undefined {
    const { protocol, headers } = request
    if (!protocol.startsWith('RTSP/1.'))
      return { status: '505 RTSP Version Not Supported', last: { code: 'not_rtsp', message: `${protocol} spoken` } }
    if (this.#authentication === undefined) return undefined
    const check = this.#authentication.check(headerOf(headers, 'Authorization'), request)
    if (check === 'right') return undefined
    if (check === 'wrong') this.#logger.warn({}, 'failed authentication')
    const challenges = this.#authentication.challenges.map(value => ['WWW-Authenticate', value] as const)
    const answer = { status: '401 Unauthorized', headers: challenges }
    return check === 'absent'
      ? answer
      : { ...answer, last: { code: 'wrong_password', message: 'failed authentication' } }
  }

  #answer(request: SessionRequest): SessionAnswer | Promise<SessionAnswer> {
    switch (request.method) {
      case 'OPTIONS':
        return { status: '200 OK', headers: [['Public', PUBLIC]] }
      // go2rtc drops or ignores these two; players that keep alive with them are better served.
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return { status: '200 OK' }
      case 'DESCRIBE':
      case 'ANNOUNCE':
      case 'SETUP':
      case 'PLAY':
      case 'RECORD':
      case 'PAUSE':
      case 'TEARDOWN':
        return this.#advance(request.method, request)
      default:
        return { status: '501 Not Implemented' }
    }
  }

  #advance(method: SessionMethod, request: SessionRequest): SessionAnswer | Promise<SessionAnswer> {
    const next = nextState(this.#state, method)
    if (next === undefined) return { status: '455 Method Not Valid in This State' }
    if (method === 'DESCRIBE') return this.#describe(request)
    if (method === 'ANNOUNCE') return this.#announce(request)
    if (method === 'SETUP') return this.#setUp(request, next)
    this.#state = next
    if (method === 'TEARDOWN') return { status: '200 OK', last: done }
    const role = this.#role
    return { status: '200 OK', afterwards: () => (method === 'PAUSE' ? role?.pause() : role?.begin()) }
  }

  async #describe(request: SessionRequest): Promise<SessionAnswer> {
    if (this.#role === undefined) {
      const player = await PlayerRole.open(request, this.#playerOptions(), consumer => {
        this.#consumer = consumer
      })
      if (!(player instanceof PlayerRole)) return { status: '404 Not Found', last: player }
      this.#role = player
      this.#state = 'described'
      void player.closed.then(reason => this.close(reason))
    }
    if (!(this.#role instanceof PlayerRole) || this.#role.target !== request.target)
      return { status: '455 Method Not Valid in This State' }
    return { status: '200 OK', headers: [['Content-Type', 'application/sdp']], body: this.#role.sdp }
  }

  #playerOptions() {
    const { defaultQuery, sessionName, packetBytesMax, udp, clock, watch } = this.#options
    return {
      ...{ defaultQuery, sessionName, packetBytesMax, udp, clock, watch },
      connection: this.#connection,
      logger: this.#logger,
      heard: () => this.#hear(),
    }
  }

  #announce(request: SessionRequest): SessionAnswer {
    const { remoteAddress } = this.#connection
    const publisher = PublisherRole.open(request, {
      remoteAddress,
      placeFor: path => this.#options.placeFor(path),
      close: reason => this.close(reason),
    })
    if (!(publisher instanceof PublisherRole)) {
      this.#logger.warn({ target: request.target }, `publishing was refused: ${publisher.status}`)
      return publisher
    }
    this.#role = publisher
    this.#state = 'announced'
    return { status: '200 OK' }
  }

  async #setUp(request: SessionRequest, next: SessionState): Promise<SessionAnswer> {
    const answer = (await this.#role?.setUp(request)) ?? { status: '455 Method Not Valid in This State' }
    if (answer.status !== '200 OK') return answer
    this.#state = next
    this.#sessionId ??= String(randomInt(10_000_000, 100_000_000))
    const timeoutSeconds = this.#role?.silenceSecondsMax ?? SILENCE_SECONDS_MAX
    const session = formatSession({ id: this.#sessionId, timeoutSeconds })
    return { ...answer, headers: [...(answer.headers ?? []), ['Session', session]] }
  }
}
