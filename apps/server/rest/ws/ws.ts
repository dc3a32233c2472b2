import type { OpenedWebSocket } from '../../http/websocket.ts'
import type { RestContext } from '../rest-context.ts'
import { hls } from './hls.ts'
import { mjpeg } from './mjpeg.ts'
import { mp4, mse } from './mse.ts'
import { webrtcCandidate, webrtcOffer } from './webrtc.ts'
import { WebSocketSink } from './websocket-sink.ts'

/** Requests of one socket that may be under way at once: `video-rtc.js` sends two. */
const REQUEST_COUNT_MAX = 16

/** A request's connection, as its handler sees it. */
export interface WsRequest {
  readonly context: RestContext
  readonly opened: OpenedWebSocket
  readonly sink: WebSocketSink
  /** The message's `value`; anything a client may have sent. */
  readonly value: unknown
  /** Ends with the socket. */
  own(held: Disposable): void
}

/** Answers one type of message. Rejects with what the client is told, after the type. */
type WsHandler = (request: WsRequest) => Promise<void>

/** Types of messages; all others are ignored, as go2rtc does. */
const handlers: ReadonlyMap<string, WsHandler> = new Map([
  ['mse', mse],
  ['webrtc', webrtcOffer('object')],
  ['webrtc/candidate', webrtcCandidate],
  ['webrtc/offer', webrtcOffer('plain')],
  ['mp4', mp4],
  ['mjpeg', mjpeg],
  ['hls', hls],
])

/** `/api/ws`: requests as JSON in, answers and media out. Whatever a client sends, only its own socket ends. */
export const serveWs =
  (context: RestContext) =>
  (opened: OpenedWebSocket): void => {
    const { webSocket, socket } = opened
    const sink = new WebSocketSink(webSocket, socket)
    const held = new DisposableStack()
    let underWay = 0
    webSocket.on('close', () => held.dispose())
    webSocket.on('message', data => {
      const message = parseMessage(String(data))
      // go2rtc: what is no JSON ends the connection.
      if (message === undefined) return webSocket.close(1007)
      const handler = handlers.get(message.type)
      if (handler === undefined) return
      if (underWay >= REQUEST_COUNT_MAX) return webSocket.close(1008)
      underWay++
      const own = (one: Disposable): void => {
        if (held.disposed) one[Symbol.dispose]()
        else held.use(one)
      }
      handler({ context, opened, sink, value: message.value, own })
        .catch((error: unknown) => {
          const text = error instanceof Error ? error.message : String(error)
          sink.tell('error', `${message.type}: ${context.controlPlane.redact(text)}`)
        })
        .finally(() => underWay--)
    })
  }

const parseMessage = (text: string): { readonly type: string; readonly value: unknown } | undefined => {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null) return undefined
    const { type, value } = message as Record<string, unknown>
    return { type: typeof type === 'string' ? type : '', value }
  } catch {
    return undefined
  }
}
