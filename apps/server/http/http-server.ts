import { lstatSync, unlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Log } from '../logging/server-log.ts'
import { type AccessRules, admit, type Caller } from './admission.ts'
import { answerErrors } from './errors.ts'
import {
  type ListenAddress,
  type ListenProblem,
  listenProblem,
  malformedAddress,
  parseListenAddress,
} from './listen-address.ts'
import type { RefusalLog } from './refusal-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before any route runs. */
    caller: Caller
  }
}

/** Bytes a request's body may have: no endpoint takes a file yet. */
const BODY_BYTES_MAX = 1 << 20
/** Connections at once, viewers included: a thousand viewers and room to spare. */
const CONNECTION_COUNT_MAX = 8192

/** Milliseconds answers under way have to end when the server does; subscriptions end with a last word in far less. */
const CLOSE_GRACE_MS = 250
/** Milliseconds between two looks at which of them have ended. */
const SWEEP_MS = 20

const serverOptions: ServerOptions = {
  // Home Assistant polls each 10 s over one connection, and nginx keeps its upstream connections for 60 s.
  keepAliveTimeout: 75_000,
  // Uploads of cameras never end.
  requestTimeout: 0,
  // A header that is sent byte by byte may not hold a connection for longer.
  headersTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
  // Go's limit: `src` may be repeated many times in one URL.
  maxHeaderSize: 1 << 20,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  noDelay: true,
  // nginx sends `Connection: Upgrade` on everything, Java asks for h2c: neither is a WebSocket.
  shouldUpgradeCallback: request => request.headers.upgrade?.toLowerCase() === 'websocket',
}

/** Takes over a connection that asks to become a WebSocket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What the server needs from the others. */
export interface HttpServerOptions {
  readonly access: AccessRules
  readonly log: Log
  readonly refusals: RefusalLog
}

/** One listener: `address` as bound, empty when it could not be. */
export interface HttpListener {
  readonly asked: string
  readonly address: string
  readonly port?: number
  readonly problem?: ListenProblem
}

/** The HTTP server on any number of addresses: routes are added to `app`, then it listens. */
export class HttpServer {
  readonly app: FastifyInstance
  readonly #servers: Server[] = []
  #route: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  #upgrade: UpgradeHandler = (_request, socket) => socket.destroy()

  constructor(options: HttpServerOptions) {
    this.app = Fastify({
      bodyLimit: BODY_BYTES_MAX,
      exposeHeadRoutes: true,
      // Ours are made in `listen`, one an address; Fastify gets one that never listens.
      serverFactory: handler => {
        this.#route = handler
        return createServer(handler)
      },
    })
    this.app.decorateRequest('caller')
    this.app.addHook('onRequest', async (request, reply) => {
      const admission = admit(
        { method: request.method, headers: request.headers, remoteAddress: request.raw.socket.remoteAddress },
        options.access,
      )
      if ('caller' in admission) {
        request.caller = admission.caller
        if (options.access.origin === '*') reply.headers(openToAllPages)
        return
      }
      const { rejection } = admission
      options.refusals.add(request.raw.socket.remoteAddress ?? '', rejection, request.headers.authorization)
      await reply
        .code(rejection.status)
        .headers({ ...rejection.headers, 'x-content-type-options': 'nosniff' })
        .type('text/plain; charset=utf-8')
        .send(`${rejection.message}\n`)
    })
    // Any body is welcome as bytes; routes that read one say which kind they take.
    this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    answerErrors(this.app, options.log)
  }

  /** Who gets connections that ask to become WebSockets. */
  onUpgrade(handler: UpgradeHandler): void {
    this.#upgrade = handler
  }

  /** Binds one TCP address in go2rtc's form. Never rejects. */
  async listen(text: string): Promise<HttpListener> {
    const address = parseListenAddress(text)
    if (address === undefined) return { asked: text, address: '', problem: malformedAddress(text, 'api.listen') }
    try {
      const bound = (await this.#bindTcp(address)).address() as AddressInfo
      const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
      return { asked: text, address: `${host}:${bound.port}`, port: bound.port }
    } catch (error) {
      return { asked: text, address: '', problem: listenProblem(error, text, 'api.listen') }
    }
  }

  /** Binds a unix socket; one that a server left behind is taken away first. Never rejects. */
  async listenUnix(path: string): Promise<HttpListener> {
    try {
      if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) unlinkSync(path)
      await this.#bind({ path })
      return { asked: path, address: path }
    } catch (error) {
      return { asked: path, address: '', problem: listenProblem(error, path, 'api.unix_listen') }
    }
  }

  /** Ends everything: answers under way get a moment, then connections are cut. Upgraded ones belong to their handler. */
  async close(): Promise<void> {
    const closed = this.#servers.map(server => {
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
      // A connection whose answer has just ended would be kept for the next request.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
      return new Promise<void>(resolve => server.close(() => resolve())).finally(() => {
        clearTimeout(cut)
        clearInterval(sweep)
      })
    })
    await Promise.all([...closed, this.app.close()])
  }

  /** Every address means IPv6 with IPv4 in it, as `localhost` is `::1` first; machines without IPv6 get IPv4. */
  async #bindTcp({ host, port }: ListenAddress): Promise<Server> {
    try {
      return await this.#bind({ host, port })
    } catch (error) {
      const withoutIpv6 = error instanceof Error && 'code' in error && error.code === 'EAFNOSUPPORT'
      if (host !== '::' || !withoutIpv6) throw error
      return await this.#bind({ host: '0.0.0.0', port })
    }
  }

  async #bind(where: { readonly path: string } | ListenAddress): Promise<Server> {
    await this.app.ready()
    const server = createServer(serverOptions, (request, response) => this.#route(request, response))
    server.maxConnections = CONNECTION_COUNT_MAX
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(where, () => {
        server.removeListener('error', reject)
        resolve()
      })
    })
    // Accepting may fail while it runs (no file descriptors left): the next one may succeed.
    server.on('error', () => {})
    this.#servers.push(server)
    return server
  }
}

/** go2rtc's headers for `origin: "*"`. */
const openToAllPages = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type',
} as const
