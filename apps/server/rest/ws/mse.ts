import { type MessageSink, mseViewer } from '#media'
import { RestError, viewerSentence } from '../go2rtc-errors.ts'
import { streamFor } from '../stream-for.ts'
import { viewerAddress } from '../viewer-address.ts'
import type { WsRequest } from './ws.ts'

/** Viewers one socket may have: there is no way to end one but to end the socket. */
const VIEWER_COUNT_MAX = 16

const viewerCounts = new WeakMap<object, number>()

/** `{"type":"mse","value":"codecs"}`: fragmented MP4 of the stream in the socket's `src`. Rejects with a sentence. */
export const mse = async ({ context, opened, sink, value, own }: WsRequest): Promise<void> => {
  const count = (viewerCounts.get(opened) ?? 0) + 1
  if (count > VIEWER_COUNT_MAX) throw new RestError(400, `more than ${VIEWER_COUNT_MAX} viewers on one socket`)
  viewerCounts.set(opened, count)
  const stream = streamFor(context.engine, opened.query)
  try {
    const viewer = mseViewer({
      codecs: typeof value === 'string' ? value : '',
      ...viewerAddress({ ...opened, headers: opened.request.headers }),
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
