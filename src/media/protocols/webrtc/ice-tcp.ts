import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { withoutZone } from '../../net/socket-address.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import { endConnection, formatFrames, frameReader, PENDING_BYTES_MAX, TCP_PRIORITY } from './ice-frames.ts'
import type { IcePath } from './ice-path.ts'
import type { IceRouter } from './ice-router.ts'
import type { IceSession } from './ice-session.ts'
import { pathKey } from './ice-udp.ts'
import { isStun } from './stun-message.ts'

/** Connections that may be open at once, and milliseconds one may take to prove whose it is. */
const CONNECTIONS_MAX = 4096
const PROOF_MS_MAX = 15_000

/** One TCP listener for all peers, which connect to it (RFC 6544, passive). */
export class IceTcp implements Disposable {
  readonly #server: Server
  readonly #router: IceRouter
  readonly #clock: Clock
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor(router: IceRouter, clock: Clock) {
    this.#router = router
    this.#clock = clock
    this.#server = createServer({ noDelay: true }, socket => this.#connection(socket))
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** Binds it. Rejects with what the system says. */
  static async bind(
    where: { readonly host?: string; readonly ipv6Only?: boolean; readonly port: number },
    router: IceRouter,
    clock: Clock,
  ): Promise<IceTcp> {
    const opened = new IceTcp(router, clock)
    opened.#server.listen(where)
    await once(opened.#server, 'listening')
    opened.#port = (opened.#server.address() as AddressInfo).port
    opened.#server.on('error', () => {})
    return opened
  }

  get port(): number {
    return this.#port
  }

  get connectionCount(): number {
    return this.#sockets.size
  }

  #connection(socket: Socket): void {
    this.#sockets.add(socket)
    const late = this.#clock.after(millis(PROOF_MS_MAX), () => socket.destroy())
    const proof = { path: undefined as TcpPath | undefined }
    socket.on('error', () => {})
    socket.once('close', () => {
      late[Symbol.dispose]()
      this.#sockets.delete(socket)
      proof.path?.session.lose(proof.path)
    })
    const frames = frameReader(
      () => socket.destroyed,
      () => proof.path !== undefined,
      bytes => this.#frame(socket, proof, bytes, late),
      () => socket.destroy(),
    )
    socket.on('data', frames)
  }

  #frame(socket: Socket, proof: { path: TcpPath | undefined }, bytes: Buffer, late: Disposable): void {
    const { path } = proof
    if (!isStun(bytes)) {
      if (path === undefined) socket.destroy()
      else path.session.receive(bytes)
      return
    }
    if (this.#router.isOther(bytes, path?.key ?? '')) return
    const found = this.#router.checkIn(bytes)
    if (found === undefined || (path !== undefined && path.session !== found.session)) {
      socket.destroy()
      return
    }
    late[Symbol.dispose]()
    proof.path ??= new TcpPath(socket, found.session)
    if (!found.session.check(found.request, proof.path)) socket.destroy()
  }

  [Symbol.dispose](): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

class TcpPath implements IcePath {
  readonly from = 'port'
  readonly protocol = 'tcp'
  readonly priority = TCP_PRIORITY
  readonly key: string
  readonly session: IceSession
  readonly address: string
  readonly port: number
  readonly #socket: Socket

  constructor(socket: Socket, session: IceSession) {
    this.#socket = socket
    this.session = session
    this.address = withoutZone(socket.remoteAddress ?? '')
    this.port = socket.remotePort ?? 0
    this.key = pathKey('tcp', this.address, this.port)
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  /** All packets in one piece: one call into the kernel instead of one for each. */
  send(packets: readonly Buffer[]): boolean {
    if (this.#socket.destroyed || this.#socket.writableLength > PENDING_BYTES_MAX) return false
    this.#socket.write(formatFrames(packets))
    return false
  }

  /** It was, by the check that it was made for. */
  prove(): void {}

  close(): void {
    endConnection(this.#socket)
  }
}
