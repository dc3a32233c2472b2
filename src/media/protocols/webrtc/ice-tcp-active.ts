import { connect, isIP, type Socket } from 'node:net'
import { isMetadataAddress } from '../../net/dial-error.ts'
import { endConnection, formatFrames, frameReader, PENDING_BYTES_MAX, TCP_PRIORITY } from './ice-frames.ts'
import type { IceBase, IcePath } from './ice-path.ts'
import type { IceRouter } from './ice-router.ts'
import type { IceSession } from './ice-session.ts'
import { pathKey } from './ice-udp.ts'
import { isStun } from './stun-message.ts'

/** Packets that wait for the connection: checks, which come first. */
const WAITING_MAX = 4

/**
 * Connections of ours to a peer that waits for them (RFC 6544, active), for sessions that are told to: what an
 * offer of somebody else's names is never connected to.
 */
export class IceTcpActive implements IceBase {
  readonly protocol = 'tcp'
  readonly family: 4 | 6
  readonly #session: IceSession
  readonly #router: IceRouter

  constructor(family: 4 | 6, session: IceSession, router: IceRouter) {
    this.family = family
    this.#session = session
    this.#router = router
  }

  pathTo(address: string, port: number): IcePath | undefined {
    if (isIP(address) !== this.family || isMetadataAddress(address)) return undefined
    const known = this.#session.pathBy(pathKey('tcp', address, port))
    return known ?? new ActivePath({ session: this.#session, router: this.#router, address, port })
  }
}

interface ActivePathOptions {
  readonly session: IceSession
  readonly router: IceRouter
  readonly address: string
  readonly port: number
}

/** Connects when something is to be sent. */
class ActivePath implements IcePath {
  readonly from = 'port'
  readonly protocol = 'tcp'
  readonly priority = TCP_PRIORITY
  readonly key: string
  readonly address: string
  readonly port: number
  readonly #options: ActivePathOptions
  readonly #waiting: Buffer[] = []
  #socket: Socket | undefined
  #isProven = false
  isClosed = false

  constructor(options: ActivePathOptions) {
    this.#options = options
    this.address = options.address
    this.port = options.port
    this.key = pathKey('tcp', options.address, options.port)
  }

  get pendingBytes(): number {
    return this.#socket?.writableLength ?? 0
  }

  send(packets: readonly Buffer[]): boolean {
    if (this.isClosed) return false
    this.#socket ??= this.#connect()
    if (!this.#socket.connecting) {
      if (this.#socket.writableLength <= PENDING_BYTES_MAX) this.#socket.write(formatFrames(packets))
    } else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(formatFrames(packets))
    return false
  }

  #connect(): Socket {
    const socket = connect({ host: this.address, port: this.port, noDelay: true })
    socket.on('error', () => {})
    socket.once('connect', () => {
      for (const bytes of this.#waiting.splice(0)) socket.write(bytes)
    })
    socket.once('close', () => {
      this.isClosed = true
      this.#options.session.lose(this)
    })
    const frames = frameReader(
      () => socket.destroyed,
      () => this.#isProven,
      bytes => this.#take(bytes),
      () => socket.destroy(),
    )
    socket.on('data', frames)
    return socket
  }

  #take(bytes: Buffer): void {
    const { session, router } = this.#options
    if (!isStun(bytes)) {
      if (this.#isProven) session.receive(bytes)
      return
    }
    if (router.isOther(bytes, this.key)) return
    const found = router.checkIn(bytes)
    if (found?.session === session) session.check(found.request, this)
  }

  prove(): void {
    this.#isProven = true
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    if (this.#socket !== undefined) endConnection(this.#socket)
  }
}
