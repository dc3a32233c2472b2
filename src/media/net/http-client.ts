import { type Agent, type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import type { Clock } from '../runtime/clock.ts'
import { ClosedError, MediaError } from '../runtime/errors.ts'
import { millis } from '../runtime/units.ts'
import {
  ClientAuthentication,
  type Credentials,
  formatBasic,
  parseChallenges,
  pickChallenge,
} from './authentication.ts'
import { DialError, dialError, isMetadataAddress } from './dial-error.ts'
import { readBodyWithin } from './http-body.ts'
import { formatAddress } from './socket-address.ts'
import { guardedLookup } from './tcp-connection.ts'

/** Times a server may send us on: one or two are usual. */
const REDIRECTS_MAX = 5
/** Times one address is asked: plainly or with Basic, with what was challenged, and once more when a nonce was too old. */
const ATTEMPTS_MAX = 3
/** Bytes of an answer's head: real ones have some hundred. */
const HEAD_BYTES_MAX = 64 * 1024

/** Why a server that can be reached gives nothing. */
export type HttpErrorCode =
  | 'wrong_password'
  | 'password_needed'
  | 'not_found'
  | 'camera_refused'
  | 'bad_redirect'
  | 'not_http'
  | 'timed_out'

/** An answer that is not what was asked for. */
export class HttpError extends MediaError {
  readonly code: HttpErrorCode

  constructor(code: HttpErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** Where to, and how. */
export interface HttpClientOptions {
  readonly clock: Clock
  /** Gives up whatever is being asked. */
  readonly signal: AbortSignal
  /** For each answer's head, connecting included. */
  readonly timeoutMs: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly credentials?: Credentials
  /** Certificates are not checked. Those of bare addresses never are: they cannot have any. */
  readonly unverified: boolean
  /** Keeps connections for the next question. Default: each question has its own. */
  readonly agents?: { readonly plain: Agent; readonly tls: Agent }
}

/** An answer whose head has come; its body is still to be read, or destroyed. */
export interface HttpAnswer {
  readonly body: IncomingMessage
  /** Where it came from in the end. */
  readonly url: URL
  readonly remoteAddress: string
}

/** What is sent with a question. */
export interface HttpBody {
  /** Its `Content-Type`. */
  readonly type: string
  readonly content: string
}

interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly body?: HttpBody
}

const get: Question = { method: 'GET' }

/**
 * Gets what is at HTTP addresses, following redirects and logging in where it must. Remembers how
 * each server wants to be convinced. Cloud metadata is never asked, whoever sends us there.
 */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #authentication: ClientAuthentication | undefined
  #challenged = false

  constructor(options: HttpClientOptions) {
    this.#options = options
    this.#authentication = options.credentials && new ClientAuthentication(options.credentials)
  }

  /** The answer of status 200. Rejects with a `DialError`, an `HttpError`, or `ClosedError` when the signal aborts. */
  get(url: URL): Promise<HttpAnswer> {
    return this.#follow(url, get)
  }

  /** Sends something; the answer of status 200 or 201. Redirects that change the question are refused. Rejects as `get`. */
  post(url: URL, body: HttpBody): Promise<HttpAnswer> {
    return this.#follow(url, { method: 'POST', body })
  }

  /** Deletes what is there; the answer of any status below 300. Rejects as `get`. */
  delete(url: URL): Promise<HttpAnswer> {
    return this.#follow(url, { method: 'DELETE' })
  }

  async #follow(url: URL, question: Question): Promise<HttpAnswer> {
    let at = url
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const trusted = isSameServer(at, url)
      const answer = await this.#ask(at, trusted, question)
      const { statusCode = 0, headers } = answer.body
      if (isGood(statusCode, question)) return answer
      const isOver = !isRedirect(statusCode, question) || headers.location === undefined
      // Who takes something says in words why not; who gives a picture answers with pages.
      const said = isOver && question.method === 'POST' ? await firstWords(answer.body, this.#options) : ''
      answer.body.destroy()
      if (isOver) throw refusal(answer.body, trusted && this.#options.credentials !== undefined, said)
      at = redirected(headers.location ?? '', at)
    }
    throw new HttpError('bad_redirect', `the camera sent us on more than ${REDIRECTS_MAX} times without an end`)
  }

  /** Asks one address, again with what it wants to hear when it says so. */
  async #ask(url: URL, trusted: boolean, question: Question): Promise<HttpAnswer> {
    const authentication = trusted ? this.#authentication : undefined
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#request(url, trusted, question)
      if (answer.body.statusCode !== 401 || authentication === undefined || attempt >= ATTEMPTS_MAX) return answer
      const challenges = answer.body.headersDistinct['www-authenticate'] ?? []
      this.#challenged = authentication.accept(challenges)
      // Basic was sent unasked, as go2rtc does: asking for it means that it was refused.
      const refused = pickChallenge(parseChallenges(challenges))?.scheme === 'basic'
      if (!this.#challenged || refused || (attempt > 1 && !authentication.stale)) return answer
      answer.body.destroy()
    }
  }

  #headers(url: URL, trusted: boolean, { method, body }: Question): Record<string, string> {
    const headers: Record<string, string> = { Accept: '*/*' }
    if (body !== undefined) {
      headers['Content-Type'] = body.type
      headers['Content-Length'] = String(Buffer.byteLength(body.content))
    }
    if (!trusted) return headers
    const { credentials } = this.#options
    if (credentials !== undefined) {
      const challenged = this.#challenged && this.#authentication?.authorize({ method, target: targetOf(url) })
      headers['Authorization'] = challenged || formatBasic(credentials)
    }
    for (const [name, value] of this.#options.headers) headers[name] = value
    return headers
  }

  #request(url: URL, trusted: boolean, question: Question): Promise<HttpAnswer> {
    const { clock, signal, timeoutMs, agents, unverified } = this.#options
    const secure = url.protocol === 'https:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const target = { host, port: Number(url.port) || (secure ? 443 : 80), timeoutMs }
    if (signal.aborted) throw new ClosedError('the dial')
    if (isMetadataAddress(host)) throw new DialError('address_not_allowed', target)
    const request = (secure ? requestTls : requestPlain)({
      host,
      port: target.port,
      path: targetOf(url),
      method: question.method,
      headers: this.#headers(url, trusted, question),
      lookup: guardedLookup(target),
      maxHeaderSize: HEAD_BYTES_MAX,
      // Cameras write headers that a browser would take too.
      insecureHTTPParser: true,
      agent: (secure ? agents?.tls : agents?.plain) ?? false,
      ...(secure && { rejectUnauthorized: !unverified && isIP(host) === 0 }),
    })
    return answered(request, url, { clock, signal, target, content: question.body?.content })
  }
}

const isGood = (status: number, { method }: Question): boolean =>
  status === 200 || (method === 'POST' && status === 201) || (method === 'DELETE' && status >= 200 && status < 300)

/** Others than 307 and 308 would make a GET of it (RFC 9110 §15.4). */
const isRedirect = (status: number, { method }: Question): boolean =>
  method === 'GET' ? status >= 300 && status < 400 : status === 307 || status === 308

const targetOf = (url: URL): string => `${url.pathname}${url.search}`

/** Where our password and headers may go on: the same host, and not from TLS to plain text. */
const isSameServer = (to: URL, from: URL): boolean =>
  to.hostname === from.hostname && (to.protocol === from.protocol || to.protocol === 'https:')

const redirected = (location: string, from: URL): URL => {
  const to = URL.parse(location, from)
  if (to === null || (to.protocol !== 'http:' && to.protocol !== 'https:'))
    throw new HttpError('bad_redirect', `the camera sent us to "${location}", which is no HTTP address`)
  return to
}

/** Bytes of a refusal that are shown to people. */
const WORDS_BYTES_MAX = 300

const firstWords = async (
  body: IncomingMessage,
  { clock, timeoutMs }: Pick<HttpClientOptions, 'clock' | 'timeoutMs'>,
): Promise<string> => {
  const words = await readBodyWithin(body, WORDS_BYTES_MAX, clock, timeoutMs).catch(() => undefined)
  return words === undefined ? '' : words.toString('utf8').replace(/\s+/g, ' ').trim()
}

const refusal = (
  { statusCode = 0, statusMessage = '' }: IncomingMessage,
  loggedIn: boolean,
  said: string,
): HttpError => {
  const status = `${statusCode} ${statusMessage}`.trim() + (said === '' ? '' : `: ${said}`)
  if (statusCode === 401 && loggedIn)
    return new HttpError('wrong_password', `the camera refused the user name or password: ${status}`)
  if (statusCode === 401)
    return new HttpError('password_needed', `the camera asks for a user name and a password: ${status}`)
  return new HttpError(statusCode === 404 ? 'not_found' : 'camera_refused', `the camera answered ${status}`)
}

interface Waiting {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly target: { readonly host: string; readonly port: number; readonly timeoutMs: number }
  readonly content: string | undefined
}

const answered = (
  request: ClientRequest,
  url: URL,
  { clock, signal, target, content }: Waiting,
): Promise<HttpAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  let connected = false
  const giveUp = (error: Error): void => {
    reject(error)
    request.destroy()
  }
  const late = (): Error =>
    connected
      ? new HttpError('timed_out', `${target.host} has not answered within ${target.timeoutMs / 1000} s`)
      : new DialError('timed_out', target)
  const timer = clock.after(millis(target.timeoutMs), () => giveUp(late()))
  const abort = (): void => giveUp(new ClosedError('the dial'))
  signal.addEventListener('abort', abort, { once: true })
  request.on('socket', socket => {
    if (socket.connecting) socket.once('connect', () => (connected = true))
    else connected = true
  })
  request.on('error', error => reject(failure(error, connected, target)))
  request.on('response', body => {
    const { remoteAddress, remotePort } = body.socket
    // What breaks off later is told by the body's end.
    body.on('error', () => {})
    resolve({ body, url, remoteAddress: formatAddress(remoteAddress, remotePort) })
  })
  request.end(content)
  return promise.finally(() => {
    timer[Symbol.dispose]()
    signal.removeEventListener('abort', abort)
  })
}

const failure = (
  error: Error & { readonly code?: string },
  connected: boolean,
  target: Waiting['target'],
): MediaError => {
  if (error instanceof MediaError) return error
  const { code = '' } = error
  if (code.startsWith('HPE_')) return new HttpError('not_http', 'what answers there does not speak HTTP', error)
  if (connected && (code === 'ECONNRESET' || code === 'EPIPE'))
    return new HttpError('not_http', 'the camera closed the connection without an answer', error)
  return dialError(error, target)
}
