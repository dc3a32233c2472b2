import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { classes, Message, methods, parseMessage } from 'werift'

/** A STUN server on 127.0.0.1 that says where it is told that others are. */
export class StunServer implements Disposable {
  /** What it answers: an address, rubbish, or nothing where it is empty. */
  answer = '203.0.113.5'
  asked = 0
  readonly url: string
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    this.url = `stun:127.0.0.1:${socket.address().port}`
    socket.on('message', (bytes, from) => {
      this.asked++
      const { transactionId } = parseMessage(bytes)!
      const mapped = ['XOR-MAPPED-ADDRESS', [this.answer, 8555]] as const
      if (this.answer === 'rubbish') socket.send('rubbish', from.port, from.address)
      else if (this.answer !== '') {
        const answer = new Message(methods.BINDING, classes.RESPONSE, transactionId, [[...mapped]])
        socket.send(answer.bytes, from.port, from.address)
      }
    })
  }

  static async start(): Promise<StunServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new StunServer(socket)
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}
