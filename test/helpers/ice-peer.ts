import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { classes, Message, methods, parseMessage } from 'werift'
import { ChunkQueue } from '#media/bytes/chunk-queue.ts'
import { isStun } from '#media/protocols/webrtc/binding.ts'

/** Whom a peer wants to reach, as an answer tells it. */
export interface IceTarget {
  readonly localName: string
  readonly localPassword: string
}

/** A browser’s side of the connectivity checks, over a socket of its own. */
export class IcePeer implements Disposable {
  /** What came that was no answer to a check. */
  readonly received: Buffer[] = []
  /** Addresses that answers to checks said we have. */
  readonly mapped: string[] = []
  onData: (bytes: Buffer) => void = bytes => void this.received.push(bytes)
  closed = false
  #ended = false
  readonly #socket: UdpSocket | Socket
  readonly #send: (bytes: Buffer) => void
  readonly #end: () => void

  private constructor(socket: UdpSocket | Socket, send: (bytes: Buffer) => void, end: () => void) {
    this.#socket = socket
    this.#send = send
    this.#end = end
  }

  static async udp(port: number): Promise<IcePeer> {
    const socket: UdpSocket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const peer = new IcePeer(
      socket,
      bytes => socket.send(bytes, port, '127.0.0.1'),
      () => socket.close(),
    )
    socket.on('message', bytes => peer.#take(bytes))
    return peer
  }

  static async tcp(port: number): Promise<IcePeer> {
    const socket: Socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const queue = new ChunkQueue()
    const peer = new IcePeer(
      socket,
      bytes => {
        const head = Buffer.alloc(2)
        head.writeUInt16BE(bytes.length)
        socket.write(Buffer.concat([head, bytes]))
      },
      () => socket.destroy(),
    )
    socket.on('error', () => {})
    socket.once('close', () => {
      peer.closed = true
    })
    socket.on('data', chunk => {
      queue.push(chunk)
      for (;;) {
        const size = queue.peek(2)?.readUInt16BE(0)
        const whole = size === undefined ? undefined : queue.take(2 + size)
        if (whole === undefined) return
        peer.#take(whole.subarray(2))
      }
    })
    return peer
  }

  #take(bytes: Buffer): void {
    const message = isStun(bytes) ? parseMessage(bytes) : undefined
    if (message?.messageClass === classes.RESPONSE) {
      const [address, port] = message.getAttributeValue('XOR-MAPPED-ADDRESS')
      this.mapped.push(`${address}:${port}`)
    } else this.onData(bytes)
  }

  /** A check as a browser makes it. */
  check({ localName, localPassword }: IceTarget, nominates = true): void {
    const message = new Message(methods.BINDING, classes.REQUEST, undefined, [
      ['USERNAME', `${localName}:peer`],
      ['PRIORITY', 1],
      ['ICE-CONTROLLING', 1n],
    ])
    if (nominates) message.setAttribute('USE-CANDIDATE', null)
    this.send(message.addMessageIntegrity(Buffer.from(localPassword)).addFingerprint().bytes)
  }

  send(bytes: Buffer): void {
    this.#send(bytes)
  }

  /** From now on what comes is taken, and not looked at. */
  discard(): void {
    for (const event of ['message', 'data']) this.#socket.removeAllListeners(event)
    if ('resume' in this.#socket) this.#socket.on('data', () => {})
  }

  /** From now on nothing is taken: a connection fills up. */
  pause(): void {
    if ('pause' in this.#socket) this.#socket.pause()
  }

  [Symbol.dispose](): void {
    if (!this.#ended) this.#end()
    this.#ended = true
  }
}
