import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Stands before a server of this machine and changes what it says, chunk by chunk. */
export class RewritingProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(port: number, rewrite: (chunk: Buffer) => Buffer) {
    this.#server = createServer(client => {
      const server = connect(port, '127.0.0.1')
      for (const socket of [client, server]) this.#sockets.add(socket.on('error', () => {}))
      client.on('data', chunk => server.write(chunk))
      server.on('data', chunk => client.write(rewrite(chunk as Buffer)))
      client.on('close', () => server.destroy())
      server.on('close', () => client.destroy())
    })
  }

  /** Listens before the server at this port. */
  static async before(port: number, rewrite: (chunk: Buffer) => Buffer): Promise<RewritingProxy> {
    const proxy = new RewritingProxy(port, rewrite)
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
