import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { classes, Message, methods, parseMessage } from 'werift'
import { ChunkQueue } from '#media/bytes/chunk-queue.ts'
import { bindingResponse, readBindingRequest } from '#media/protocols/webrtc/binding.ts'
import { isStun } from '#media/protocols/webrtc/stun-message.ts'
import { chromiumPassword } from './web-rtc-offers.ts'

/** Whom a peer wants to reach, as an answer tells it. */
export interface IceTarget {
  readonly localName: string
  readonly localPassword: string
}

/** What peers of tests tell of themselves: checks that prove to know one of these are answered. */
export const peerPasswords: readonly string[] = ['password', chromiumPassword]

/** A browser’s side of the connectivity checks, over a socket of its own. */
export class IcePeer implements Disposable {
  /** What came that was no answer to a check. */
  readonly received: Buffer[] = []
  /** Addresses that answers to checks said we have. */
  readonly mapped: string[] = []
  onData: (bytes: Buffer) => void = bytes => void this.received.push(bytes)
  closed = false
  /** Answers checks, as everybody does who is really there. */
  answers = true
  /** Checks of the other side that came, answered or not. */
  checked = 0
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
    const request = peerPasswords.map(password => ({ password, check: readBindingRequest(bytes, password) }))
    const proven = request.find(({ check }) => check !== undefined)
    if (proven?.check !== undefined) {
      this.checked++
      if (this.answers) this.send(bindingResponse(proven.check, proven.password, '127.0.0.1', 1))
      return
    }
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

  /** From now on what comes is taken and not looked at, but for checks, without which nobody sends for long. */
  discard(): void {
    for (const event of ['message', 'data']) this.#socket.removeAllListeners(event)
    const take = (bytes: Buffer): void => this.#take(bytes)
    if (this.#socket instanceof Socket) this.#socket.on('data', checksOnly(take))
    else this.#socket.on('message', bytes => isStun(bytes) && take(bytes))
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

/** Bytes before each frame, and what STUN begins with at most (RFC 4571 §2, RFC 7983 §7). */
const HEAD_BYTES = 2
const STUN_LAST = 3

/** Takes the frames of a TCP connection that are STUN, and skips all others without touching them. */
const checksOnly = (take: (bytes: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  let skip = 0
  return chunk => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    rest = Buffer.alloc(0)
    let at = Math.min(skip, bytes.length)
    skip -= at
    while (at < bytes.length) {
      const size = at + HEAD_BYTES < bytes.length ? HEAD_BYTES + bytes.readUInt16BE(at) : undefined
      const isCheck = size !== undefined && bytes[at + HEAD_BYTES]! <= STUN_LAST
      if (size === undefined || (isCheck && at + size > bytes.length)) {
        rest = bytes.subarray(at)
        return
      }
      if (isCheck) take(bytes.subarray(at + HEAD_BYTES, at + size))
      skip = Math.max(0, at + size - bytes.length)
      at = Math.min(at + size, bytes.length)
    }
  }
}
