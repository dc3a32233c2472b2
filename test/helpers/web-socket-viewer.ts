import { setTimeout as after } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** Milliseconds a test waits for one message before it says what it waited for. */
const WAIT_MS_MAX = 10_000

/** A message as it came: text as parsed JSON, media as bytes. */
export type ViewerMessage = { readonly text: unknown } | { readonly bytes: Buffer }

/** A client of `/api/ws` as a player is one. */
export interface WebSocketViewer extends AsyncDisposable {
  readonly socket: WebSocket
  send(message: unknown): void
  /** The next message; rejects after 10 s with `what`. */
  next(what: string): Promise<ViewerMessage>
  /** The close code, once it is closed. */
  readonly closed: Promise<number>
}

/** Opens one. Rejects with an error whose message holds the status when it is refused. */
export const openWebSocket = async (
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WebSocketViewer> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  const waiting: ViewerMessage[] = []
  let wake = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    waiting.push(isBinary ? { bytes: data } : { text: JSON.parse(data.toString()) })
    wake.resolve()
  })
  const closed = new Promise<number>(resolve => socket.on('close', code => resolve(code)))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  return {
    socket,
    closed,
    send: message => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next(what) {
      while (waiting.length === 0) {
        wake = Promise.withResolvers<void>()
        const outcome = await Promise.race([wake.promise, after(WAIT_MS_MAX, 'late' as const, { ref: false }), closed])
        if (waiting.length > 0) break
        if (outcome === 'late') throw new Error(`waited for ${what}`)
        if (typeof outcome === 'number') throw new Error(`closed with ${outcome} while waiting for ${what}`)
      }
      return waiting.shift()!
    },
    async [Symbol.asyncDispose]() {
      socket.terminate()
      await closed
    },
  }
}
