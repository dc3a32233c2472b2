import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What waits here while the test is busy shall not be lost before the network loses it. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024

/** What a network does to datagrams, each way. */
export interface NetworkConditions {
  /** From 0 to 1: how many are lost, and how many come twice. Default: none. */
  readonly lossShare?: number
  readonly duplicateShare?: number
  /** Milliseconds a datagram takes, and up to how many more: with these they overtake each other. Default: 0. */
  readonly delayMs?: number
  readonly jitterMs?: number
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A network of datagrams between a browser and a server of this machine, as bad as a test wants it. */
export class BadNetwork implements AsyncDisposable {
  /** They may change while it works. */
  conditions: NetworkConditions
  readonly counts = { passed: 0, lost: 0, duplicated: 0 }
  readonly #front: UdpSocket
  readonly #serverPort: number
  readonly #random = seededRandom(7)
  /** How the server sees each address of the browser. */
  readonly #outside = new Map<string, UdpSocket>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #ended = false

  private constructor(front: UdpSocket, serverPort: number, conditions: NetworkConditions) {
    this.#front = front
    this.#serverPort = serverPort
    this.conditions = conditions
    front.on('message', (bytes, { address, port }) => {
      const outside = this.#outsideOf(address, port)
      this.#carry(() => outside.send(bytes, this.#serverPort, '127.0.0.1', () => {}))
    })
  }

  /** Listens on 127.0.0.1 for whoever wants to reach a port of this machine. */
  static async before(serverPort: number, conditions: NetworkConditions = {}): Promise<BadNetwork> {
    const front = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BUFFER_BYTES })
    await once(front.bind(0, '127.0.0.1'), 'listening')
    return new BadNetwork(front, serverPort, conditions)
  }

  get port(): number {
    return this.#front.address().port
  }

  /** How an answer says where it is (RFC 8839 §5.1). */
  get candidate(): string {
    return `candidate:1 1 udp 2130706431 127.0.0.1 ${this.port} typ host`
  }

  /** From now on the server sees other addresses, and what it sends to the old ones reaches nobody. */
  move(): void {
    for (const socket of this.#outside.values()) socket.close()
    this.#outside.clear()
  }

  #outsideOf(address: string, port: number): UdpSocket {
    const key = `${address} ${port}`
    const known = this.#outside.get(key)
    if (known !== undefined) return known
    const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BUFFER_BYTES })
    this.#outside.set(key, socket)
    socket.on('error', () => {})
    socket.on('message', bytes => this.#carry(() => this.#front.send(bytes, port, address, () => {})))
    socket.bind(0, '127.0.0.1')
    return socket
  }

  #carry(send: () => void): void {
    const { lossShare = 0, duplicateShare = 0 } = this.conditions
    if (this.#random() < lossShare) {
      this.counts.lost++
      return
    }
    this.#later(send)
    if (this.#random() >= duplicateShare) return
    this.counts.duplicated++
    this.#later(send)
  }

  #later(send: () => void): void {
    this.counts.passed++
    const { delayMs = 0, jitterMs = 0 } = this.conditions
    const takesMs = delayMs + this.#random() * jitterMs
    if (takesMs === 0) {
      this.#send(send)
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#send(send)
    }, takesMs)
    this.#timers.add(timer)
  }

  /** What is under way to an address that is no more is lost. */
  #send(send: () => void): void {
    if (this.#ended) return
    try {
      send()
    } catch {
      this.counts.lost++
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.move()
    const closed = once(this.#front, 'close')
    this.#front.close()
    await closed
  }
}

/** A long way for connections to a server of this machine. */
export class SlowConnections implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(serverPort: number, delayMs: number) {
    this.#server = createServer({ noDelay: true }, near => {
      const far = connect({ port: serverPort, host: '127.0.0.1', noDelay: true })
      this.#pass(near, far, delayMs)
      this.#pass(far, near, delayMs)
    })
  }

  /** Listens on 127.0.0.1; what it passes on takes so many milliseconds, each way. */
  static async before(serverPort: number, delayMs: number): Promise<SlowConnections> {
    const connections = new SlowConnections(serverPort, delayMs)
    await once(connections.#server.listen(0, '127.0.0.1'), 'listening')
    return connections
  }

  /** How an answer says where it is (RFC 6544 §4.5). */
  get candidate(): string {
    const { port } = this.#server.address() as AddressInfo
    return `candidate:1 1 tcp 1671430143 127.0.0.1 ${port} typ host tcptype passive`
  }

  #pass(from: Socket, to: Socket, delayMs: number): void {
    this.#sockets.add(from)
    const later = (act: () => void): void => void setTimeout(() => !to.destroyed && act(), delayMs).unref()
    from.on('error', () => {})
    from.on('data', bytes => later(() => to.write(bytes)))
    from.once('close', () => {
      this.#sockets.delete(from)
      later(() => to.destroySoon())
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
