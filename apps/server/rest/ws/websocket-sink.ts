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

  /** One binary message. `body` goes as its second frame (RFC 6455 §5.4), so that the two need not be joined. */
  write(head: Buffer, body?: Buffer): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return
    if (body === undefined) {
      this.#webSocket.send(head, { binary: true })
      return
    }
    this.#socket.cork()
    this.#webSocket.send(head, { binary: true, fin: false })
    this.#webSocket.send(body, { binary: true, fin: true })
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
