import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { headerOf } from '#media/net/text-message.ts'
import { answer, type CameraRequest, type CameraScript } from '#test/helpers/scripted-camera.ts'

/** One datagram that a camera got. */
export interface CameraDatagram {
  readonly bytes: Buffer
  readonly which: 'rtp' | 'rtcp'
}

/** The UDP side of a scripted camera: one pair of ports, for all of its medias. */
export class UdpCamera implements AsyncDisposable {
  readonly received: CameraDatagram[] = []
  readonly #rtp: Socket
  readonly #rtcp: Socket
  /** Where each media goes, in the order of their SETUPs. */
  readonly #clients: (readonly [rtp: number, rtcp: number])[] = []

  private constructor(rtp: Socket, rtcp: Socket) {
    this.#rtp = rtp
    this.#rtcp = rtcp
    rtp.on('message', bytes => this.received.push({ bytes, which: 'rtp' }))
    rtcp.on('message', bytes => this.received.push({ bytes, which: 'rtcp' }))
  }

  /** Binds two free ports. */
  static async start(): Promise<UdpCamera> {
    const [rtp, rtcp] = [createSocket('udp4'), createSocket('udp4')]
    await Promise.all([once(rtp.bind(0, '127.0.0.1'), 'listening'), once(rtcp.bind(0, '127.0.0.1'), 'listening')])
    return new UdpCamera(rtp, rtcp)
  }

  get serverPort(): string {
    return `${this.#rtp.address().port}-${this.#rtcp.address().port}`
  }

  /** Answers SETUP; what it is told to say of its own ports, or what they are. */
  setUp(more = `;server_port=${this.serverPort}`): CameraScript {
    return (request: CameraRequest) => {
      const asked = headerOf(request.headers, 'Transport') ?? ''
      const [, rtp, rtcp] = /client_port=(\d+)-(\d+)/.exec(asked) ?? []
      if (rtp === undefined) return answer(request, '461 Unsupported Transport')
      this.#clients.push([Number(rtp), Number(rtcp)])
      return answer(request, '200 OK', [
        ['Transport', `RTP/AVP;unicast;client_port=${rtp}-${rtcp}${more}`],
        ['Session', '4711;timeout=60'],
      ])
    }
  }

  /** Sends the n-th media's packets, in this order. */
  send(media: number, packets: readonly Buffer[], which: 'rtp' | 'rtcp' = 'rtp'): void {
    const socket = which === 'rtp' ? this.#rtp : this.#rtcp
    const port = this.#clients[media]![which === 'rtp' ? 0 : 1]
    for (const packet of packets) socket.send(packet, port, '127.0.0.1')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [this.#rtp, this.#rtcp]) {
      socket.close()
      await once(socket, 'close')
    }
  }
}
