import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

/** Answers one request; `count` is how many have come for this path, from 1. */
export type HttpAnswerer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** An HTTP server on 127.0.0.1 that answers by path, and remembers what it was asked. */
export class HttpCamera implements AsyncDisposable {
  /** `GET /path Authorization?`, in order. */
  readonly requests: IncomingMessage[] = []
  readonly #server: Server
  readonly #secure: boolean

  private constructor(server: Server, secure: boolean) {
    this.#server = server
    this.#secure = secure
  }

  /** Starts one; paths it has no answer for get 404. */
  static async start(answers: Readonly<Record<string, HttpAnswerer>>, secure = false): Promise<HttpCamera> {
    const counts = new Map<string, number>()
    const answer: RequestListener = (request, response) => {
      camera.requests.push(request)
      const path = new URL(request.url ?? '/', 'http://camera').pathname
      const count = (counts.get(path) ?? 0) + 1
      counts.set(path, count)
      const found = answers[path]
      if (found !== undefined) found(request, response, count)
      else response.writeHead(404).end()
    }
    const server = secure ? createTlsServer(certificate(), answer) : createServer(answer)
    const camera = new HttpCamera(server, secure)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return camera
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** An address at this camera. */
  at(path: string, host = '127.0.0.1'): string {
    return `${this.#secure ? 'https' : 'http'}://${host}:${this.port}${path}`
  }

  /** Paths that were asked for, in order. */
  get paths(): readonly (string | undefined)[] {
    return this.requests.map(request => request.url)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** Gives bytes with a type. */
export const giving =
  (type: string, bytes: Buffer | string): HttpAnswerer =>
  (_request, response) =>
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(bytes) }).end(bytes)

/** Wants to be convinced by Digest with MD5 (RFC 7616), and answers then. */
export const digestGuarded =
  (username: string, password: string, answer: HttpAnswerer): HttpAnswerer =>
  (request, response, count) => {
    const given = request.headers.authorization ?? ''
    const field = (name: string): string => new RegExp(`${name}="?([^",]*)"?`).exec(given)?.[1] ?? ''
    const hash = (text: string): string => createHash('md5').update(text).digest('hex')
    const secret = `${hash(`${username}:camera:${password}`)}:${field('nonce')}:${field('nc')}:${field('cnonce')}:auth`
    const expected = hash(`${secret}:${hash(`GET:${request.url}`)}`)
    if (given.startsWith('Digest ') && field('response') === expected) answer(request, response, count)
    else response.writeHead(401, { 'WWW-Authenticate': 'Digest realm="camera", nonce="abc", qop="auth"' }).end()
  }

const certificate = (): { readonly key: Buffer; readonly cert: Buffer } => {
  using folder = new TemporaryFolder()
  const [key, cert] = [folder.at('key.pem'), folder.at('cert.pem')]
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=localhost',
  ]
  execFileSync('openssl', [...made, '-days', '2', '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}
