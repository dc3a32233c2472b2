import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { WebSocket } from 'ws'

// By its file: these tests resolve packages as browsers do, and to them this one only says that it is not for them.
const require = createRequire(import.meta.url)
const { WebSocket: WebSocketClient, WebSocketServer } = require(
  join(dirname(require.resolve('ws/package.json')), 'index.js'),
) as typeof import('ws')

/** The simulated browser's own needs events of another realm here and throws; this one throws when closed early. */
class QuietWebSocket extends WebSocketClient {
  constructor(url: string) {
    super(url)
    this.on('error', () => {})
  }
}

/** A real WebSocket server in the place of the streaming server; each connection is scripted by `serve`. */
export interface StreamSocket extends AsyncDisposable {
  readonly url: URL
}

/** Starts it; the page's base address leads to it. */
export async function startStreamSocket(
  serve: (socket: WebSocket, request: { type: string; value: string }, path: string) => void,
): Promise<StreamSocket> {
  Object.assign(globalThis, { WebSocket: QuietWebSocket })
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket, { url = '' }) => {
    socket.on('message', message => serve(socket, JSON.parse(String(message)), url))
  })
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const base = document.createElement('base')
  base.href = `http://127.0.0.1:${port}/`
  document.head.append(base)
  return {
    url: new URL(`ws://127.0.0.1:${port}/api/ws?src=porch`),
    async [Symbol.asyncDispose]() {
      base.remove()
      for (const client of server.clients) client.terminate()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Tells a client something, as the server does. */
export const tell = (socket: WebSocket, type: string, value: string): void =>
  socket.send(JSON.stringify({ type, value }))
