import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What becomes of the n-th RTP packet, counted from 0: lost, or how many later ones overtake it. */
export type Mishap = (index: number) => 'lost' | number

/**
 * A network between a camera and who watches it: passes RTSP on, with ports of its own in place of
 * those for UDP, and does to the camera's packets what a test says.
 */
export class LossyNetwork implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #ports: UdpSocket[] = []
  readonly #mishap: Mishap
  readonly #cameraPort: number
  lostCount = 0
  passedCount = 0

  private constructor(cameraPort: number, mishap: Mishap) {
    this.#cameraPort = cameraPort
    this.#mishap = mishap
    this.#server = createServer(socket => {
      // A connection that ends in the middle has nothing more to pass on.
      this.#accept(socket).catch(() => {})
    })
  }

  /** Listens before a camera of this machine. */
  static async before(cameraPort: number, mishap: Mishap): Promise<LossyNetwork> {
    const network = new LossyNetwork(cameraPort, mishap)
    await once(network.#server.listen(0, '127.0.0.1'), 'listening')
    return network
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    for (const port of this.#ports) port.close()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #accept(watcher: Socket): Promise<void> {
    const camera = connect(this.#cameraPort, '127.0.0.1')
    for (const socket of [watcher, camera]) this.#sockets.add(socket.on('error', () => {}))
    watcher.on('close', () => camera.destroy())
    camera.on('close', () => watcher.destroy())
    for await (const chunk of watcher) {
      const text = (chunk as Buffer).toString('latin1')
      camera.write(await this.#rewrite(text), 'latin1')
      // One question at a time: what the camera answers to this one names the ports of this one.
      if (!camera.listenerCount('data')) camera.on('data', answer => watcher.write(answer as Buffer))
    }
  }

  async #rewrite(request: string): Promise<string> {
    const [whole, rtp, rtcp] = /client_port=(\d+)-(\d+)/.exec(request) ?? []
    if (whole === undefined) return request
    const [mine, other] = await Promise.all([this.#pass(Number(rtp), true), this.#pass(Number(rtcp), false)])
    return request.replace(whole, `client_port=${mine}-${other}`)
  }

  /** A port that passes on to `target`: RTP with mishaps, RTCP without. */
  async #pass(target: number, withMishaps: boolean): Promise<number> {
    const port = createSocket('udp4')
    this.#ports.push(port)
    const send = (bytes: Buffer): void => {
      this.passedCount++
      port.send(bytes, target, '127.0.0.1', () => {})
    }
    const held: { readonly bytes: Buffer; left: number }[] = []
    let index = 0
    port.on('message', bytes => {
      const mishap = withMishaps ? this.#mishap(index++) : 0
      if (mishap === 'lost') this.lostCount++
      else if (mishap > 0) held.push({ bytes, left: mishap })
      else send(bytes)
      for (const one of held.splice(0)) {
        if (one.bytes !== bytes) one.left--
        if (one.left <= 0) send(one.bytes)
        else held.push(one)
      }
    })
    await once(port.bind(0, '127.0.0.1'), 'listening')
    return port.address().port
  }
}
