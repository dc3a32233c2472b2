import { connect, type Socket } from 'node:net'

/** A plain RTSP player over TCP: the floor to compare with, and an instrument. */
export interface Viewer extends Disposable {
  readonly socket: Socket
}

/** Bytes of RTP before the payload, with the four of the interleaved frame. */
const HEADER_BYTES = 16

/** Well within the minute after which a silent player counts as gone. */
const KEEP_ALIVE_MS = 20_000

/** Plays the first track of a stream; `onPacket` gets each RTP packet's payload and marker. */
export const playRtsp = async (
  port: number,
  path: string,
  onPacket: (payload: Buffer, marker: boolean) => void,
): Promise<Viewer> => {
  const url = `rtsp://127.0.0.1:${port}${path}`
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  const reader = new Reader(socket, onPacket)
  const description = await reader.ask(`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n`)
  const base = /Content-Base: *(\S+)/i.exec(description)?.[1] ?? url
  const control = /m=video[\s\S]*?a=control:(\S+)/.exec(description)?.[1] ?? ''
  const track = control.startsWith('rtsp://') ? control : `${base.replace(/\/$/, '')}/${control}`
  const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'
  const setUp = await reader.ask(`SETUP ${track} RTSP/1.0\r\nCSeq: 2\r\n${transport}\r\n\r\n`)
  const session = /Session: *([^;\s]+)/i.exec(setUp)?.[1] ?? ''
  await reader.ask(`PLAY ${url} RTSP/1.0\r\nCSeq: 3\r\nSession: ${session}\r\n\r\n`)
  const alive = () => socket.write(`OPTIONS ${url} RTSP/1.0\r\nCSeq: 4\r\nSession: ${session}\r\n\r\n`)
  const timer = setInterval(alive, KEEP_ALIVE_MS).unref()
  socket.once('close', () => clearInterval(timer))
  return { socket, [Symbol.dispose]: () => void socket.destroy() }
}

/** Takes answers and interleaved packets apart. */
class Reader {
  readonly #socket: Socket
  readonly #onPacket: (payload: Buffer, marker: boolean) => void
  #rest: Buffer = Buffer.alloc(0)
  #answer: ((text: string) => void) | undefined
  #failed: ((error: Error) => void) | undefined

  constructor(socket: Socket, onPacket: (payload: Buffer, marker: boolean) => void) {
    this.#socket = socket
    this.#onPacket = onPacket
    socket.on('data', chunk => {
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
      while (this.#takeOne());
    })
    socket.once('close', () => this.#failed?.(new Error('the connection ended before the answer')))
  }

  ask(request: string): Promise<string> {
    this.#socket.write(request)
    return new Promise((resolve, reject) => {
      this.#answer = resolve
      this.#failed = reject
    })
  }

  #takeOne(): boolean {
    if (this.#rest[0] === 0x24) return this.#takePacket()
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#rest.toString('latin1', 0, end + 4)
    const length = end + 4 + Number(/Content-Length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#rest.length < length) return false
    const text = this.#rest.toString('latin1', 0, length)
    this.#rest = this.#rest.subarray(length)
    if (text.startsWith('RTSP/1.0 200')) this.#answer?.(text)
    else this.#failed?.(new Error(text.slice(0, 200)))
    return true
  }

  #takePacket(): boolean {
    if (this.#rest.length < 4) return false
    const length = 4 + this.#rest.readUInt16BE(2)
    if (this.#rest.length < length) return false
    const packet = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    if (packet[1] === 0 && length > HEADER_BYTES)
      this.#onPacket(packet.subarray(HEADER_BYTES), (packet[5]! & 0x80) !== 0)
    return true
  }
}
