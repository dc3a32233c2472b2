import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { withoutZone } from '../../net/socket-address.ts'
import type { IceBase, IcePath } from './ice-path.ts'
import type { IceRouter } from './ice-router.ts'
import type { IceSession } from './ice-session.ts'
import { isStun } from './stun-message.ts'

/** Bytes the kernel is asked to hold, each way: a second of 32 Mbit/s. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024
/** What a host's address is worth (RFC 8445 §5.1.2.1). */
const HOST_PRIORITY = 2_130_706_431
const PORT_MAX = 65_535

/** Tells a way from others: of the protocol, the address and the port. */
export const pathKey = (protocol: 'udp' | 'tcp', address: string, port: number): string =>
  `${protocol} ${address} ${port}`

/** One UDP socket for all peers of one family: an address gets its session by a proven check or answer. */
export class IceUdp implements Disposable {
  readonly family: 4 | 6
  readonly port: number
  readonly #socket: Socket
  readonly #router: IceRouter
  readonly #paths = new Map<string, UdpPath>()
  #ended = false

  private constructor(socket: Socket, family: 4 | 6, router: IceRouter) {
    this.#socket = socket
    this.#router = router
    this.family = family
    this.port = socket.address().port
    // What cannot be sent is lost, as datagrams are.
    socket.on('error', () => {})
    socket.on('message', (bytes, { address, port }) => this.#datagram(bytes, address, port))
  }

  /** Binds it: to an address, or to all of the family where that is empty. Rejects with what the system says. */
  static async bind(family: 4 | 6, host: string, port: number, router: IceRouter): Promise<IceUdp> {
    const socket = createSocket({
      ...{ type: `udp${family}`, ipv6Only: family === 6 },
      ...{ recvBufferSize: SOCKET_BUFFER_BYTES, sendBufferSize: SOCKET_BUFFER_BYTES },
      // Addresses only: then a datagram leaves within the call, and its memory may be used again.
      lookup: (name, _options, found) => found(null, name, isIP(name)),
    })
    try {
      const listening = once(socket, 'listening')
      socket.bind(port, host === '' ? undefined : host)
      await listening
      return new IceUdp(socket, family, router)
    } catch (error) {
      socket.close()
      throw error
    }
  }

  get addressCount(): number {
    return this.#paths.size
  }

  /** Where a session's checks leave from. */
  baseOf(session: IceSession): IceBase {
    return {
      protocol: 'udp',
      family: this.family,
      pathTo: (address, port) => this.#pathTo(session, address, port),
    }
  }

  /** Sends a datagram. `failed` is told where the system refuses it. */
  send(bytes: Buffer, address: string, port: number, failed: (error: Error) => void = () => {}): void {
    if (this.#ended || isIP(address) !== this.family || port <= 0 || port > PORT_MAX) return
    this.#socket.send(bytes, port, address, error => error && failed(error))
  }

  #datagram(bytes: Buffer, address: string, port: number): void {
    const key = pathKey('udp', address, port)
    const path = this.#paths.get(key)
    if (!isStun(bytes)) {
      if (path === undefined) this.#router.strayCount++
      else path.session.receive(bytes)
      return
    }
    if (this.#router.isOther(bytes, key)) return
    const found = this.#router.checkIn(bytes)
    if (found === undefined) return
    const used = this.#pathTo(found.session, address, port)
    // An address of somebody else's has to answer there first: a check may come from anybody who claims to be it.
    if (path === undefined) used.prove()
    if (!found.session.check(found.request, used)) used.close()
  }

  #pathTo(session: IceSession, address: string, port: number): IcePath {
    const known = session.pathBy(pathKey('udp', address, port))
    return known ?? new UdpPath({ socket: this.#socket, session, address, port, paths: this.#paths })
  }

  [Symbol.dispose](): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.close()
  }
}

interface UdpPathOptions {
  readonly socket: Socket
  readonly session: IceSession
  /** With the zone of a link-local address. */
  readonly address: string
  readonly port: number
  readonly paths: Map<string, UdpPath>
}

class UdpPath implements IcePath {
  readonly from = 'port'
  readonly protocol = 'udp'
  readonly priority = HOST_PRIORITY
  readonly key: string
  readonly session: IceSession
  readonly address: string
  readonly port: number
  /** Nothing waits: what the kernel does not take is lost. */
  readonly pendingBytes = 0
  readonly #options: UdpPathOptions
  isClosed = false

  constructor(options: UdpPathOptions) {
    const { session, address, port } = options
    this.#options = options
    this.key = pathKey('udp', address, port)
    this.session = session
    this.address = withoutZone(address)
    this.port = port
  }

  send(packets: readonly Buffer[]): boolean {
    if (this.isClosed) return false
    const { socket, address } = this.#options
    for (const packet of packets) socket.send(packet, this.port, address, () => {})
    return socket.getSendQueueCount() > 0
  }

  prove(): void {
    const { paths } = this.#options
    const known = paths.get(this.key)
    if (this.isClosed || known === this) return
    known?.close()
    paths.set(this.key, this)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    const { paths } = this.#options
    if (paths.get(this.key) === this) paths.delete(this.key)
  }
}
