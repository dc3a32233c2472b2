import type { Consumer, MessageSink, ViewerMaker } from '#media'
import { viewerAddress } from '../caller-address.ts'
import { RestError, viewerSentence } from '../go2rtc-errors.ts'
import { streamFor } from '../stream-for.ts'
import type { WsRequest } from './ws.ts'

/** Viewers one socket may have: there is no way to end one but to end the socket. */
const VIEWER_COUNT_MAX = 16

const viewerCounts = new WeakMap<object, number>()

/** What a viewer on a socket is made with. */
export interface SocketVisit {
  readonly remoteAddress: string
  readonly userAgent: string
  readonly sink: MessageSink
}

/** Feeds a viewer of the stream in the socket's `src`; either ends with the other. Rejects with a sentence. */
export const watchOnSocket = async (
  { context, opened, sink, own }: WsRequest,
  make: (visit: SocketVisit) => ViewerMaker<Consumer>,
): Promise<void> => {
  const count = (viewerCounts.get(opened) ?? 0) + 1
  if (count > VIEWER_COUNT_MAX) throw new RestError(400, `more than ${VIEWER_COUNT_MAX} viewers on one socket`)
  viewerCounts.set(opened, count)
  const stream = streamFor(context.engine, opened.query)
  try {
    const viewer = make({
      ...viewerAddress(opened),
      sink: withoutEnd(sink),
    })
    const consumer = await context.engine.watch(stream, viewer)
    own(consumer)
    void consumer.closed.then(() => sink.end())
  } catch (error) {
    throw new RestError(500, viewerSentence(error))
  }
}

/** A viewer that is refused ends its sink, and the client must still be told why: the socket ends with a viewer that was served. */
const withoutEnd = (sink: MessageSink): MessageSink => ({
  get pendingBytes() {
    return sink.pendingBytes
  },
  write: (head, body) => sink.write(head, body),
  tell: (type, value) => sink.tell(type, value),
  end: () => {},
})
