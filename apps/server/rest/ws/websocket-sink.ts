import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { MessageSink } from '#media'
import { goJson } from '../go2rtc-json.ts'

/** A WebSocket as a sink: media in binary messages, words in text messages. Swallows what comes after its end. */
export class WebSocketSink implements MessageSink {
  readonly #webSocket: WebSocket
  readonly #socket: Socket

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket
    this.#socket = socket
  }

  get pendingBytes(): number {
    return this.#webSocket.bufferedAmount
  }

  /**
   * One binary message, whose frame is written here: the sockets have no compression, behind which something could
   * wait, and the `ws` of every picture to every viewer costs as much as all the rest. The body is not copied.
   */
  write(head: Buffer, body?: Buffer): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return
    const start = framed(head, body?.length ?? 0)
    if (body === undefined) {
      this.#socket.write(start)
      return
    }
    this.#socket.cork()
    this.#socket.write(start)
    this.#socket.write(body)
    this.#socket.uncork()
  }

  tell(type: string, value: string): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return
    // go2rtc: an empty value is left out.
    this.#webSocket.send(goJson({ type, value: value === '' ? undefined : value }).trimEnd())
  }

  /** One message whose value is more than a word. */
  tellObject(type: string, value: Readonly<Record<string, string>>): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.send(goJson({ type, value }).trimEnd())
  }

  end(): void {
    this.#webSocket.close()
  }
}

/** What a server's frame of a whole binary message begins with (RFC 6455 §5.2), and the first of its content. */
const framed = (head: Buffer, moreBytes: number): Buffer => {
  const length = head.length + moreBytes
  const headerBytes = length < 126 ? 2 : length < 0x1_0000 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerBytes + head.length)
  frame[0] = 0x82
  frame[1] = headerBytes === 2 ? length : headerBytes === 4 ? 126 : 127
  if (headerBytes === 4) frame.writeUInt16BE(length, 2)
  if (headerBytes === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  frame.set(head, headerBytes)
  return frame
}
