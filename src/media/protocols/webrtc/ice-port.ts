import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, isIP, type Server, type Socket } from 'node:net'
import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { plainAddress } from '../../net/socket-address.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import { checkNames, isBindingRequest, isStun, readBindingRequest } from './binding.ts'
import type { IcePath, IceSession } from './ice-session.ts'

/** Bytes the kernel is asked to hold, each way: a second of 32 Mbit/s. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024
/** Connections that may be open at once, and milliseconds one may take to prove whose it is. */
const CONNECTIONS_MAX = 4096
const PROOF_MS_MAX = 15_000
/** Length before each packet inside TCP (RFC 4571 §2). */
const FRAME_HEAD_BYTES = 2
/** Bytes a frame of a peer that has proven nothing may have: a check. */
const UNPROVEN_FRAME_BYTES_MAX = 1500
/** Bytes that may wait in a viewer's connection before what comes is dropped: the sender above stops long before. */
const PENDING_BYTES_MAX = 4 * 1024 * 1024

/** Tries to find a port that is free on both protocols: the first one nearly always is. */
const TRIES_MAX = 20

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

/** Where the port is, and by which protocols. */
export interface IcePortOptions {
  /** Empty: all addresses. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly protocols: readonly ('udp' | 'tcp')[]
  readonly clock: Clock
}

/**
 * One port for all peers, on UDP and TCP (RFC 6544, passive). Packets find their session by the address they
 * come from, and an address gets its session by a check that proves to know the session's password: nothing
 * else that anybody sends reaches a session.
 */
export class IcePort implements Disposable {
  readonly #sessions = new Map<string, IceSession>()
  readonly #udpPaths = new Map<string, UdpPath>()
  readonly #sockets = new Set<Socket>()
  readonly #clock: Clock
  #udp: UdpSocket | undefined
  #tcp: Server | undefined
  #port = 0
  /** Datagrams and frames that were nobody's. */
  strayCount = 0

  private constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Binds it. Rejects with what the system says. */
  static async open(options: IcePortOptions): Promise<IcePort> {
    for (let tries = 1; ; tries++) {
      const opened = new IcePort(options.clock)
      try {
        await opened.#bind(options)
        return opened
      } catch (error) {
        opened[Symbol.dispose]()
        // A port that is free on one protocol may be taken on the other; where any will do there is another.
        if (options.port !== 0 || tries === TRIES_MAX || !isTaken(error)) throw error
      }
    }
  }

  async #bind({ host, port, protocols }: IcePortOptions): Promise<void> {
    this.#port = port
    if (protocols.includes('udp')) await this.#bindUdp(host)
    if (protocols.includes('tcp')) await this.#bindTcp(host)
  }

  get port(): number {
    return this.#port
  }

  get protocols(): readonly ('udp' | 'tcp')[] {
    return [
      ...(this.#udp === undefined ? [] : (['udp'] as const)),
      ...(this.#tcp === undefined ? [] : (['tcp'] as const)),
    ]
  }

  /** Sessions and addresses that are known: empty when nobody watches. */
  get counts(): { readonly sessions: number; readonly addresses: number; readonly connections: number } {
    return { sessions: this.#sessions.size, addresses: this.#udpPaths.size, connections: this.#sockets.size }
  }

  /** From now on until its end, a session's peer finds it here. */
  add(session: IceSession): void {
    this.#sessions.set(session.localName, session)
    session.useCaller((bytes, address, port) => {
      if (isIP(address) === 4) this.#udp?.send(bytes, port, address, () => {})
    })
    void session.closed.then(() => this.#sessions.delete(session.localName))
  }

  async #bindUdp(host: string): Promise<void> {
    const type = isIP(host) === 6 ? 'udp6' : 'udp4'
    const socket = createSocket({
      type,
      recvBufferSize: SOCKET_BUFFER_BYTES,
      sendBufferSize: SOCKET_BUFFER_BYTES,
      // Addresses only: then a datagram leaves within the call, and its memory may be used again.
      lookup: (name, _options, found) => found(null, name, isIP(name)),
    })
    this.#udp = socket
    const listening = once(socket, 'listening')
    socket.bind(this.#port, host === '' ? undefined : host)
    await listening
    this.#port = socket.address().port
    // What cannot be sent is lost, as datagrams are.
    socket.on('error', () => {})
    socket.on('message', (bytes, { address, port }) => this.#datagram(socket, bytes, address, port))
  }

  async #bindTcp(host: string): Promise<void> {
    const server = createServer({ noDelay: true }, socket => this.#connection(socket))
    server.maxConnections = CONNECTIONS_MAX
    this.#tcp = server
    server.listen(this.#port, host === '' ? undefined : host)
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    server.on('error', () => {})
  }

  #datagram(socket: UdpSocket, bytes: Buffer, address: string, port: number): void {
    const key = `${address} ${port}`
    let path = this.#udpPaths.get(key)
    if (!isStun(bytes)) {
      if (path === undefined) this.strayCount++
      else path.session.receive(bytes)
      return
    }
    if (!isBindingRequest(bytes)) return
    const session = this.#sessionOf(bytes)
    const request = session && readBindingRequest(bytes, session.localPassword)
    if (session === undefined || request === undefined) {
      this.strayCount++
      return
    }
    if (path?.session !== session) {
      path?.close()
      path = new UdpPath(socket, session, address, port, () => this.#udpPaths.delete(key))
      this.#udpPaths.set(key, path)
    }
    if (!session.check(request, path)) path.close()
  }

  #sessionOf(bytes: Buffer): IceSession | undefined {
    return this.#sessions.get(checkNames(bytes)?.local ?? '')
  }

  #connection(socket: Socket): void {
    this.#sockets.add(socket)
    const queue = new ChunkQueue()
    const late = this.#clock.after(millis(PROOF_MS_MAX), () => socket.destroy())
    let path: TcpPath | undefined
    socket.on('error', () => {})
    socket.once('close', () => {
      late[Symbol.dispose]()
      this.#sockets.delete(socket)
      path?.session.lose(path)
    })
    const frame = (bytes: Buffer): void => {
      if (!isStun(bytes)) {
        if (path === undefined) socket.destroy()
        else path.session.receive(bytes)
        return
      }
      if (!isBindingRequest(bytes)) return
      const session = this.#sessionOf(bytes)
      const request = session && readBindingRequest(bytes, session.localPassword)
      if (session === undefined || request === undefined || (path !== undefined && path.session !== session)) {
        this.strayCount++
        socket.destroy()
        return
      }
      late[Symbol.dispose]()
      path ??= new TcpPath(socket, session)
      if (!session.check(request, path)) socket.destroy()
    }
    socket.on('data', (chunk: Buffer) => {
      queue.push(chunk)
      for (;;) {
        const size = queue.peek(FRAME_HEAD_BYTES)?.readUInt16BE(0)
        if (size === undefined || socket.destroyed) return
        if (path === undefined && size > UNPROVEN_FRAME_BYTES_MAX) {
          socket.destroy()
          return
        }
        const whole = queue.take(FRAME_HEAD_BYTES + size)
        if (whole === undefined) return
        if (size > 0) frame(whole.subarray(FRAME_HEAD_BYTES))
      }
    })
  }

  [Symbol.dispose](): void {
    for (const session of [...this.#sessions.values()]) session.close()
    this.#udp?.close()
    this.#tcp?.close()
    for (const socket of this.#sockets) socket.destroy()
    this.#udp = undefined
    this.#tcp = undefined
  }
}

class UdpPath implements IcePath {
  readonly protocol = 'udp'
  readonly session: IceSession
  readonly address: string
  readonly port: number
  /** Nothing waits: what the kernel does not take is lost. */
  readonly pendingBytes = 0
  readonly #socket: UdpSocket
  readonly #forget: () => void
  #closed = false

  constructor(socket: UdpSocket, session: IceSession, address: string, port: number, forget: () => void) {
    this.#socket = socket
    this.session = session
    this.address = plainAddress(address)
    this.port = port
    this.#forget = forget
  }

  send(packets: readonly Buffer[]): boolean {
    if (this.#closed) return false
    for (const packet of packets) this.#socket.send(packet, this.port, this.address, () => {})
    return this.#socket.getSendQueueCount() > 0
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#forget()
  }
}

class TcpPath implements IcePath {
  readonly protocol = 'tcp'
  readonly session: IceSession
  readonly address: string
  readonly port: number
  readonly #socket: Socket

  constructor(socket: Socket, session: IceSession) {
    this.#socket = socket
    this.session = session
    this.address = plainAddress(socket.remoteAddress ?? '')
    this.port = socket.remotePort ?? 0
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  /** All packets in one piece: one call into the kernel instead of one for each. */
  send(packets: readonly Buffer[]): boolean {
    if (this.#socket.destroyed || this.#socket.writableLength > PENDING_BYTES_MAX) return false
    const size = packets.reduce((sum, { length }) => sum + FRAME_HEAD_BYTES + length, 0)
    const framed = Buffer.allocUnsafe(size)
    let at = 0
    for (const packet of packets) {
      framed.writeUInt16BE(packet.length, at)
      framed.set(packet, at + FRAME_HEAD_BYTES)
      at += FRAME_HEAD_BYTES + packet.length
    }
    this.#socket.write(framed)
    return false
  }

  close(): void {
    this.#socket.destroySoon()
  }
}
