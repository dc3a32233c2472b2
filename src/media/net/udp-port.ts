import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { MediaError } from '../runtime/errors.ts'
import { withoutZone } from './socket-address.ts'

/** Bytes the kernel is asked to hold for us: a second of 32 Mbit/s. It gives what `rmem_max` allows. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
/** Tries to find two neighbouring ports that are both free: the first one nearly always succeeds. */
const PAIR_TRIES_MAX = 20
const PORT_MAX = 65_535

/** No two neighbouring ports are free: something holds nearly all of them. */
export class NoPortsError extends MediaError {
  readonly code = 'no_ports'

  constructor() {
    super('no two neighbouring UDP ports are free on this machine')
  }
}

/** Where a datagram comes from or goes to. */
export interface UdpAddress {
  /** Plain: IPv4 as such, IPv6 without brackets and zone. */
  readonly address: string
  readonly port: number
}

/** Gets each datagram, which stays valid for ever, and who sent it. */
export type DatagramHandler = (bytes: Buffer, from: UdpAddress) => void

/** A bound UDP port that talks to addresses of one family. */
export class UdpPort implements Disposable {
  readonly port: number
  readonly #socket: Socket
  #ended = false

  private constructor(socket: Socket) {
    this.#socket = socket
    this.port = socket.address().port
    // What is unreachable on the other side is not our failure: silence is noticed elsewhere.
    socket.on('error', () => {})
  }

  /** Binds a port on every address of the family of `peer`; 0 asks for any free one. Rejects with the system's error. */
  static async bind(peer: string, port: number, handle: DatagramHandler): Promise<UdpPort> {
    const family = isIP(peer) === 6 ? 'udp6' : 'udp4'
    const socket = createSocket({
      type: family,
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses only are sent to: there is nothing to resolve, and nothing to wait for.
      lookup: (address, _options, done) => done(null, address, family === 'udp6' ? 6 : 4),
    })
    socket.on('message', (bytes, { address, port: from }) =>
      handle(bytes, { address: withoutZone(address), port: from }),
    )
    try {
      // Listened for before: without anything to resolve, it happens at once.
      const listening = once(socket, 'listening')
      socket.bind(port)
      await listening
    } catch (error) {
      socket.close()
      throw error
    }
    return new UdpPort(socket)
  }

  /** Sends a datagram. Never waits and never throws; what cannot be sent is lost, as datagrams are. */
  send(bytes: Buffer, to: UdpAddress): void {
    // A port that there cannot be would throw: whoever is on the other side named it.
    if (!this.#ended && to.port > 0 && to.port <= PORT_MAX) this.#socket.send(bytes, to.port, to.address, () => {})
  }

  /** Hears and sends nothing any more. */
  close(): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.removeAllListeners('message')
    this.#socket.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Two neighbouring ports, the even one first: RTP's and RTCP's (RFC 3550 §11). */
export interface UdpPortPair {
  readonly rtp: UdpPort
  readonly rtcp: UdpPort
}

/** Binds two neighbouring ports. Rejects with `NoPortsError`. */
export const bindUdpPair = async (
  peer: string,
  handle: { readonly rtp: DatagramHandler; readonly rtcp: DatagramHandler },
): Promise<UdpPortPair> => {
  for (let tries = 0; tries < PAIR_TRIES_MAX; tries++) {
    // Which of the two it is, is known when there is one: until then what it hears is nobody's.
    const roles: { found: 'rtp' | 'rtcp' | undefined } = { found: undefined }
    const first = await UdpPort.bind(peer, 0, (bytes, from) => roles.found && handle[roles.found](bytes, from))
    const even = first.port % 2 === 0
    try {
      const second = await UdpPort.bind(peer, first.port ^ 1, even ? handle.rtcp : handle.rtp)
      roles.found = even ? 'rtp' : 'rtcp'
      return even ? { rtp: first, rtcp: second } : { rtp: second, rtcp: first }
    } catch {
      first.close()
    }
  }
  throw new NoPortsError()
}
