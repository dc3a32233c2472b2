import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import {
  formatTextMessage,
  headerOf,
  parseRequestLine,
  parseTextMessage,
  type TextHeaders,
} from '#media/net/text-message.ts'

/** One request that a camera got. */
export interface CameraRequest {
  readonly method: string
  readonly target: string
  readonly headers: TextHeaders
  /** Of its connection, counted from 0. */
  readonly connection: number
  readonly socket: Socket
}

/** What a camera does when asked: bytes to send, or nothing at all. */
export type CameraScript = (request: CameraRequest) => Buffer | string | undefined

/** A camera that does what a test says, on a real socket; it remembers what it was asked. */
export class ScriptedCamera implements AsyncDisposable {
  readonly requests: CameraRequest[] = []
  readonly sockets: Socket[] = []
  /** Interleaved frames that it got. */
  readonly frames: { readonly channel: number; readonly payload: Buffer }[] = []
  readonly #server: Server
  readonly #waiting = new Set<() => void>()

  private constructor(script: CameraScript) {
    this.#server = createServer({ noDelay: true }, socket => this.#accept(socket, script))
  }

  /** Listens on a free port. */
  static async start(script: CameraScript): Promise<ScriptedCamera> {
    const camera = new ScriptedCamera(script)
    await once(camera.#server.listen(0, '127.0.0.1'), 'listening')
    return camera
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/live`
  }

  /** The methods it was asked for, in order. */
  get methods(): readonly string[] {
    return this.requests.map(({ method }) => method)
  }

  /** Fulfilled with the n-th request of a method, counted from 1, when it has come. */
  async asked(method: string, count = 1): Promise<CameraRequest> {
    for (;;) {
      const found = this.requests.filter(request => request.method === method)[count - 1]
      if (found !== undefined) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.add(resolve)
      await promise
      this.#waiting.delete(resolve)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(socket: Socket, script: CameraScript): void {
    const connection = this.sockets.push(socket) - 1
    let rest: Buffer = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', chunk => {
      rest = this.#takeFrames(Buffer.concat([rest, chunk as Buffer]))
      for (let read = this.#message(rest); read !== undefined; read = this.#message(rest)) {
        rest = this.#takeFrames(rest.subarray(read.sizeBytes))
        const { startLine, headers } = read.message
        // An answer to a question of the camera's own.
        const line = startLine.startsWith('RTSP/') ? { method: startLine, target: '' } : parseRequestLine(startLine)
        const request = { ...line, headers, connection, socket }
        this.requests.push(request)
        const reply = script(request)
        if (reply !== undefined) socket.write(reply)
        for (const resolve of this.#waiting) resolve()
      }
    })
  }

  #message(bytes: Buffer): ReturnType<typeof parseTextMessage> {
    return bytes[0] === 0x24 ? undefined : parseTextMessage(bytes)
  }

  /** Takes the whole frames at the beginning; gives what follows. */
  #takeFrames(bytes: Buffer): Buffer {
    let rest = bytes
    while (rest[0] === 0x24 && rest.length >= 4 && rest.length >= 4 + rest.readUInt16BE(2)) {
      const end = 4 + rest.readUInt16BE(2)
      this.frames.push({ channel: rest[1]!, payload: rest.subarray(4, end) })
      rest = rest.subarray(end)
    }
    return rest
  }
}

/** An answer to a request, numbered as RTSP wants it. */
export const answer = (
  request: CameraRequest,
  status: string,
  headers: TextHeaders = [],
  body: Buffer | string = '',
): Buffer =>
  formatTextMessage({
    startLine: `RTSP/1.0 ${status}`,
    headers: [['CSeq', headerOf(request.headers, 'CSeq') ?? ''], ...headers],
    body: Buffer.from(body),
  })

/** A description of one H.264 track called `trackID=0` and one of PCMU called `trackID=1`. */
export const h264AndPcmuSdp = [
  'v=0',
  'o=- 0 0 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:trackID=0',
  'm=audio 0 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  'a=control:trackID=1',
  '',
].join('\r\n')

/** How a good camera answers; what a test wants otherwise it says by method. */
export const goodCamera =
  (overrides: Readonly<Record<string, CameraScript>> = {}): CameraScript =>
  request => {
    const override = overrides[request.method]
    if (override !== undefined) return override(request)
    switch (request.method) {
      case 'DESCRIBE':
        return answer(request, '200 OK', [['Content-Type', 'application/sdp']], h264AndPcmuSdp)
      case 'SETUP':
        return answer(request, '200 OK', [
          ['Transport', headerOf(request.headers, 'Transport') ?? ''],
          ['Session', '4711;timeout=60'],
        ])
      default:
        return request.method.startsWith('RTSP/') ? undefined : answer(request, '200 OK')
    }
  }

/** One interleaved frame (RFC 2326 §10.12). */
export const frame = (channel: number, payload: Buffer): Buffer => {
  const head = Buffer.from([0x24, channel, 0, 0])
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

/** One RTP packet with the marker set. */
export const rtpPacket = (payloadType: number, sequenceNumber: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = 0x80 | payloadType
  head.writeUInt16BE(sequenceNumber, 2)
  head.writeUInt32BE(sequenceNumber * 3600, 4)
  head.writeUInt32BE(0xcafe, 8)
  return Buffer.concat([head, payload])
}
