import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type AccessRules, admit, type Caller } from './admission.ts'
import { mayOpenWebSocket } from './origin.ts'
import type { RefusalLog } from './refusal-log.ts'

/** Bytes one message of a client may have: an SDP offer has some 10 KiB. */
const MESSAGE_BYTES_MAX = 256 * 1024
/** Sockets at once. */
const SOCKET_COUNT_MAX = 4096

/** A WebSocket that was opened, with what stands behind it. */
export interface OpenedWebSocket {
  readonly webSocket: WebSocket
  readonly socket: Socket
  readonly request: IncomingMessage
  readonly caller: Caller
  /** Of the URL it was opened with. */
  readonly query: URLSearchParams
}

/** Takes WebSockets that were opened on one path. */
export type WebSocketHandler = (opened: OpenedWebSocket) => void

/** Who may open a WebSocket, and who takes it. */
export interface WebSocketsOptions {
  readonly access: AccessRules
  readonly refusals: RefusalLog
  /** By path. */
  readonly handlers: ReadonlyMap<string, WebSocketHandler>
}

/** Turns upgrade requests into WebSockets, for those who may, on the paths that have them. */
export class WebSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    clientTracking: true,
  })
  readonly #options: WebSocketsOptions

  constructor(options: WebSocketsOptions) {
    this.#options = options
  }

  /** One upgrade request: a WebSocket afterwards, or refused with a status. Never throws. */
  upgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    const socket = duplex as Socket
    // A peer that goes away during the handshake is no news.
    socket.on('error', () => socket.destroy())
    const url = parseTarget(request.url ?? '')
    const handler = url === undefined ? undefined : this.#options.handlers.get(url.pathname)
    const admission = admit(
      { method: 'GET', headers: request.headers, remoteAddress: socket.remoteAddress },
      this.#options.access,
    )
    if ('rejection' in admission) {
      this.#options.refusals.add(socket.remoteAddress ?? '', admission.rejection, request.headers.authorization)
      refuse(socket, admission.rejection.status, admission.rejection.headers)
      return
    }
    if (url === undefined || handler === undefined || !this.#mayOpen(request)) {
      refuse(socket, handler === undefined ? 404 : 403)
      return
    }
    if (this.#server.clients.size >= SOCKET_COUNT_MAX) {
      refuse(socket, 503)
      return
    }
    this.#server.handleUpgrade(request, socket, head, webSocket => {
      webSocket.on('error', () => webSocket.terminate())
      handler({ webSocket, socket, request, caller: admission.caller, query: url.searchParams })
    })
  }

  #mayOpen(request: IncomingMessage): boolean {
    return mayOpenWebSocket(request.headers, this.#options.access)
  }

  /** Ends every WebSocket at once. */
  close(): void {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }
}

const parseTarget = (target: string): URL | undefined =>
  URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost') : undefined

const refuse = (socket: Socket, status: number, headers: Readonly<Record<string, string>> = {}): void => {
  const body = `${STATUS_CODES[status] ?? 'Error'}\n`
  const lines = Object.entries({
    ...headers,
    connection: 'close',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroySoon(),
  )
}
