import { createServer, type Server, type Socket } from 'node:net'
import { MediaError } from '../runtime/errors.ts'

/** Connections the kernel may hold until they are accepted. */
const BACKLOG = 1024

/** Why a server could not listen. */
export type ListenErrorCode = 'port_in_use' | 'address_not_available' | 'not_permitted' | 'malformed_address'

/** An address nobody can listen on now, told so that a person knows what to change. */
export class ListenError extends MediaError {
  readonly code: ListenErrorCode
  readonly address: string

  constructor(code: ListenErrorCode, address: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.address = address
  }
}

/** `:8554`, `host:8554`, `[::1]:8554` taken apart; no host means every address of both families. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Reads an address to listen on. Throws `ListenError`. Port 0 asks for any free one. */
export const parseListenAddress = (text: string): ListenAddress => {
  const [, host, port] = /^(?:\[([^\]]*)\]|[^:[\]]*):(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535)
    throw new ListenError('malformed_address', text, `"${text}" is no address to listen on: write :8554 or host:8554`)
  return { host: host ?? text.slice(0, text.lastIndexOf(':')), port: Number(port) }
}

/** How to listen. */
export interface TcpServerOptions {
  readonly address: string
  /** Connections at once; the ones beyond are closed unheard. */
  readonly connectionsMax: number
  /** Takes over an accepted socket. */
  readonly onSocket: (socket: Socket) => void
  /** Told of each connection that was one too many. */
  readonly onTooMany: () => void
}

/** A port being listened on. Its end leaves the connections it accepted to their owners. */
export class TcpServer implements Disposable {
  /** As asked for, with the port that was got. */
  readonly address: string
  readonly port: number
  readonly #server: Server

  private constructor(server: Server, asked: ListenAddress) {
    this.#server = server
    const bound = server.address()
    this.port = bound !== null && typeof bound === 'object' ? bound.port : asked.port
    this.address = `${asked.host.includes(':') ? `[${asked.host}]` : asked.host}:${this.port}`
  }

  /** Listens. Rejects with a `ListenError`. */
  static async listen(options: TcpServerOptions): Promise<TcpServer> {
    const asked = parseListenAddress(options.address)
    const server = createServer({ noDelay: true, keepAlive: true }, options.onSocket)
    server.maxConnections = options.connectionsMax
    server.on('drop', options.onTooMany)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const fail = (cause: Error): void => reject(listenError(cause, options.address, asked.port))
    server.once('error', fail)
    // Without a host, Node takes both families, or IPv4 alone where there is no IPv6.
    server.listen({ port: asked.port, backlog: BACKLOG, ...(asked.host !== '' && { host: asked.host }) }, resolve)
    await promise
    server.off('error', fail)
    // Out of file descriptors: nothing is lost but this connection, and there is nobody to tell.
    server.on('error', options.onTooMany)
    return new TcpServer(server, asked)
  }

  /** Stops listening. */
  close(): void {
    this.#server.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

const listenError = (cause: Error, address: string, port: number): ListenError => {
  const code = 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE')
    return new ListenError('port_in_use', address, `port ${port} is already used by another program`, cause)
  if (code === 'EACCES')
    return new ListenError('not_permitted', address, `listening on port ${port} needs more rights than we have`, cause)
  return new ListenError('address_not_available', address, `this machine has no address "${address}"`, cause)
}
