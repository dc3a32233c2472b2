import { lookup } from 'node:dns'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from '../runtime/clock.ts'
import { ClosedError, describeError } from '../runtime/errors.ts'
import { type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import { millis } from '../runtime/units.ts'
import type { ByteConnection } from './byte-connection.ts'
import { DialError, dialError, isMetadataAddress } from './dial-error.ts'
import { formatAddress } from './socket-address.ts'

/** Bytes a source's reads share: large enough that few packets straddle two, small enough to be let go soon. */
const SLAB_BYTES = 256 * 1024
/** With less room than this a slab is given up: a read into a short rest costs as much as a full one. */
const SLAB_REST_BYTES_MIN = 8 * 1024
/** Milliseconds that last words may take to leave after `close`. */
const LINGER_MS_MAX = 1000

/** What every connection is made with. */
export interface ConnectionOptions {
  readonly clock: Clock
  /**
   * Gets what arrives. The chunk stays valid for ever: its memory is never written again. What this
   * throws closes the connection and goes no further.
   */
  readonly onChunk: (chunk: Buffer) => void
}

/** Where to, and how. */
export interface DialOptions extends ConnectionOptions {
  /** Name or address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** TLS, with the certificate checked against the host's name or not at all. Default: no TLS. */
  readonly tls?: 'verified' | 'unverified'
  readonly timeoutMs: number
  /** Gives up while connecting; does nothing afterwards. */
  readonly signal: AbortSignal
}

/** The other side ended the connection. */
export const closedByPeer: CloseReason = { code: 'closed_by_peer', message: 'the other side closed the connection' }

/**
 * One TCP connection, dialed or accepted. What was written before `close` is still sent, for at
 * most a second; afterwards nothing is read or written.
 */
export class TcpConnection implements ByteConnection {
  readonly remoteAddress: string
  readonly #socket: Socket
  readonly #onChunk: (chunk: Buffer) => void
  readonly #lifetime = new Lifetime()

  private constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#onChunk = options.onChunk
    this.remoteAddress = formatAddress(socket.remoteAddress, socket.remotePort)
    socket.on('error', error => this.close(lossOf(error)))
    socket.on('close', () => this.close(closedByPeer))
    this.#lifetime.defer(() => {
      const linger = options.clock.after(millis(LINGER_MS_MAX), () => socket.destroy())
      socket.once('close', () => linger[Symbol.dispose]())
      socket.destroySoon()
    })
  }

  /** Takes over a socket that a server accepted. Nothing has been read from it yet. */
  static accept(socket: Socket, options: ConnectionOptions): TcpConnection {
    const connection = new TcpConnection(socket, options)
    socket.on('data', chunk => connection.#receive(chunk as Buffer))
    return connection
  }

  /** Connects. Rejects with a `DialError`, or with `ClosedError` when the signal aborts. */
  static async dial(options: DialOptions): Promise<TcpConnection> {
    if (options.signal.aborted) throw new ClosedError('the dial')
    if (isMetadataAddress(options.host)) throw new DialError('address_not_allowed', options)
    let connection: TcpConnection | undefined
    const receive = (chunk: Buffer): void => {
      if (connection !== undefined) connection.#receive(chunk)
    }
    const socket = options.tls === undefined ? openPlain(options, receive) : openTls(options, options.tls, receive)
    await connected(socket, options)
    connection = new TcpConnection(socket, options)
    return connection
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  /** Bytes written that the kernel has not taken yet. Without TLS, nothing is kept of those that it has. */
  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  /** Sends bytes, which must not change afterwards. Never waits and never throws. */
  write(bytes: Buffer): void {
    if (!this.#lifetime.ended) this.#socket.write(bytes)
  }

  /** Lets the other side wait: nothing is read until `resume`. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#lifetime.ended) this.#socket.resume()
  }

  close(reason: CloseReason = done): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #receive(chunk: Buffer): void {
    if (this.#lifetime.ended) return
    try {
      this.#onChunk(chunk)
    } catch (error) {
      this.close(describeError(error))
    }
  }
}

/** A connection that ends in an error: mostly the other side is just gone. */
export const lossOf = (error: Error): CloseReason => {
  const { code } = describeError(error)
  if (code === 'ECONNRESET' || code === 'EPIPE') return closedByPeer
  return { code: 'connection_lost', message: `the connection was lost: ${error.message}` }
}

const openPlain = (options: DialOptions, receive: (chunk: Buffer) => void): Socket => {
  let slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
  let used = 0
  return connect({
    host: options.host,
    port: options.port,
    lookup: guardedLookup(options),
    noDelay: true,
    keepAlive: true,
    onread: {
      buffer: () => {
        if (slab.length - used < SLAB_REST_BYTES_MIN) {
          slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
          used = 0
        }
        return slab.subarray(used)
      },
      callback: size => {
        const chunk = slab.subarray(used, used + size)
        used += size
        receive(chunk)
        return true
      },
    },
  })
}

/** Node gives TLS no buffers of ours; each chunk it makes is a buffer of its own, so views stay valid too. */
const openTls = (
  options: DialOptions,
  verification: 'verified' | 'unverified',
  receive: (chunk: Buffer) => void,
): Socket => {
  const socket = connectTls({
    host: options.host,
    port: options.port,
    lookup: guardedLookup(options),
    rejectUnauthorized: verification === 'verified',
    ...(isIP(options.host) === 0 && { servername: options.host }),
  })
  socket.setNoDelay(true)
  socket.setKeepAlive(true)
  socket.on('data', receive)
  return socket
}

const connected = (socket: Socket, options: DialOptions): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = (error: Error): void => {
    reject(error)
    socket.destroy()
  }
  const abort = (): void => giveUp(new ClosedError('the dial'))
  const timer = options.clock.after(millis(options.timeoutMs), () => giveUp(new DialError('timed_out', options)))
  const fail = (error: Error): void => giveUp(dialError(error, options))
  const end = (): void => giveUp(new DialError('connection_refused', options))
  socket.on('error', fail)
  socket.once('close', end)
  socket.once(options.tls === undefined ? 'connect' : 'secureConnect', resolve)
  options.signal.addEventListener('abort', abort, { once: true })
  return promise.finally(() => {
    timer[Symbol.dispose]()
    options.signal.removeEventListener('abort', abort)
    socket.off('close', end)
    // The listener for errors stays when the dial failed: what a dying socket still says has no other.
    if (!socket.destroyed) socket.off('error', fail)
  })
}

/** Names are resolved once, and what they resolve to is looked at before anything is sent there: nobody dials around this. */
export const guardedLookup =
  (options: Pick<DialOptions, 'host' | 'port' | 'timeoutMs'>): LookupFunction =>
  (host, how, callback) =>
    lookup(host, how, (error, address, family) => {
      const found = typeof address === 'string' ? [address] : (address ?? []).map(one => one.address)
      const refused = found.some(isMetadataAddress) ? new DialError('address_not_allowed', options) : null
      callback(error ?? refused, address, family)
    })
