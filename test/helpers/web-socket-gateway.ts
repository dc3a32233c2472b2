import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** What a gateway answers instead of opening: status and headers; nothing lets in. */
export type GatewayGuard = (
  request: IncomingMessage,
) => readonly [status: number, headers: readonly string[]] | undefined

/** How a gateway behaves. */
export interface GatewayOptions {
  /** Whether it repeats the subprotocol it is asked for. Default: it does. */
  readonly subprotocol?: boolean
  readonly guard?: GatewayGuard
  /** Bytes of a message at most: what is longer goes in several. Default: as it comes. */
  readonly messageBytes?: number
}

/** RTSP over WebSockets, as some cameras offer it, before a plain RTSP server of this machine. */
export class WebSocketGateway implements AsyncDisposable {
  readonly sockets: WebSocket[] = []
  readonly requests: IncomingMessage[] = []
  readonly #server: Server

  private constructor(cameraPort: number, { subprotocol = true, guard, messageBytes = 65_536 }: GatewayOptions) {
    this.#server = createServer()
    const upgraded = new WebSocketServer({
      noServer: true,
      handleProtocols: protocols => (subprotocol ? [...protocols][0]! : false),
    })
    this.#server.on('upgrade', (request, socket, head) => {
      this.requests.push(request)
      const refusal = guard?.(request)
      if (refusal === undefined)
        upgraded.handleUpgrade(request, socket, head, one => this.#pass(one, cameraPort, messageBytes))
      else socket.end(`HTTP/1.1 ${refusal[0]} ${STATUS_CODES[refusal[0]]}\r\n${refusal[1].join('\r\n')}\r\n\r\n`)
    })
  }

  /** Listens before the camera at this port. */
  static async before(cameraPort: number, options: GatewayOptions = {}): Promise<WebSocketGateway> {
    const gateway = new WebSocketGateway(cameraPort, options)
    await once(gateway.#server.listen(0, '127.0.0.1'), 'listening')
    return gateway
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/rtsp?x=y`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.terminate()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pass(socket: WebSocket, cameraPort: number, messageBytes: number): void {
    this.sockets.push(socket)
    const camera = connect(cameraPort, '127.0.0.1').on('error', () => {})
    socket.on('message', data => camera.write(data as Buffer))
    socket.on('error', () => {})
    socket.on('close', () => camera.destroy())
    camera.on('close', () => socket.close())
    camera.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += messageBytes) socket.send(chunk.subarray(at, at + messageBytes))
    })
  }
}
