import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ChunkQueue } from '../../bytes/chunk-queue.ts'
import { TcpConnection } from '../../net/tcp-connection.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'
import type { TurnServer } from './ice-servers.ts'
import { framedBytes } from './turn-message.ts'

/** Bytes the kernel is asked to hold of one viewer's media. */
const SOCKET_BUFFER_BYTES = 1024 * 1024
/** Bytes that may wait in a connection before what comes is dropped: the sender above stops long before. */
const PENDING_BYTES_MAX = 4 * 1024 * 1024
const HEAD_BYTES = 4
const TRANSPORT_MS_MAX = 3000

/** The way to a TURN server: message by message, over datagrams or a stream. */
export interface TurnTransport extends Disposable {
  readonly isStream: boolean
  readonly pendingBytes: number
  send(bytes: Buffer): void
}

/** What a way is made for. */
export interface TurnTransportOptions {
  readonly server: TurnServer
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onMessage: (bytes: Buffer) => void
  /** The way has ended by itself. */
  readonly onLost: (reason: CloseReason) => void
}

/** Opens the way. Rejects with what the system says, or with a `DialError`. */
export const openTurnTransport = (options: TurnTransportOptions): Promise<TurnTransport> =>
  options.server.transport === 'udp' ? openUdp(options) : openStream(options)

const openUdp = async ({ server, onMessage, onLost }: TurnTransportOptions): Promise<TurnTransport> => {
  const { host, port } = server
  const found = isIP(host) === 0 ? await lookup(host) : { address: host, family: isIP(host) }
  const socket = createSocket({
    ...{ type: found.family === 6 ? 'udp6' : 'udp4' },
    ...{ recvBufferSize: SOCKET_BUFFER_BYTES, sendBufferSize: SOCKET_BUFFER_BYTES },
    lookup: (name, _options, done) => done(null, name, isIP(name)),
  })
  const connected = Promise.withResolvers<void>()
  let isOpen = true
  const end = (): void => {
    if (isOpen) socket.close()
    isOpen = false
  }
  // Of a connected socket: nothing answers at that port.
  socket.on('error', error => {
    connected.reject(error)
    onLost({ code: 'turn_lost', message: error.message })
  })
  socket.on('message', onMessage)
  socket.connect(port, found.address, () => connected.resolve())
  try {
    await connected.promise
  } catch (error) {
    end()
    throw error
  }
  return {
    ...{ isStream: false, pendingBytes: 0 },
    send: bytes => {
      if (isOpen) socket.send(bytes, () => {})
    },
    [Symbol.dispose]: end,
  }
}

const openStream = async (options: TurnTransportOptions): Promise<TurnTransport> => {
  const { server, clock, signal, onMessage, onLost } = options
  const queue = new ChunkQueue()
  const connection = await TcpConnection.dial({
    ...{ host: server.host, port: server.port, clock, signal, timeoutMs: TRANSPORT_MS_MAX },
    ...(server.transport === 'tls' && { tls: 'verified' as const }),
    onChunk: chunk => {
      queue.push(chunk)
      for (;;) {
        const head = queue.peek(HEAD_BYTES)
        const whole = head && queue.take(framedBytes(head))
        if (whole === undefined) return
        onMessage(whole)
      }
    },
  })
  void connection.closed.then(onLost)
  return {
    isStream: true,
    get pendingBytes() {
      return connection.pendingBytes
    },
    send: bytes => {
      if (connection.pendingBytes <= PENDING_BYTES_MAX) connection.write(bytes)
    },
    [Symbol.dispose]: () => connection.close(),
  }
}
