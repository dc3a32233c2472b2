import { setTimeout as after } from 'node:timers/promises'

/** Milliseconds a test waits for one message before it says what it waited for. */
const WAIT_MS_MAX = 10_000

/** Server-sent events of one GraphQL subscription, as its messages. */
export interface EventStream extends AsyncDisposable {
  /** The next message for which `wanted` is true; rejects after 10 s with `what`. */
  next<Message>(what: string, wanted: (message: Message) => boolean): Promise<Message>
  /** Fulfilled when the server has completed it. */
  readonly completed: Promise<void>
}

/** Subscribes to a GraphQL server. */
export const openEventStream = async (url: string, query: string): Promise<EventStream> => {
  const abort = new AbortController()
  const response = await fetch(new URL('/api/graphql', url), {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: abort.signal,
  })
  if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream'))
    throw new Error(`no event stream: ${response.status} ${await response.text()}`)
  const completed = Promise.withResolvers<void>()
  const waiting: unknown[] = []
  let wake = Promise.withResolvers<void>()
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const events = text.split('\n\n')
      text = events.pop()!
      for (const event of events) {
        if (event.includes('event: complete')) completed.resolve()
        const data = /^data: (.+)$/m.exec(event)?.[1]
        if (data !== undefined) waiting.push(JSON.parse(data))
      }
      wake.resolve()
    }
  }
  read(response.body).catch(() => {})
  return {
    completed: completed.promise,
    async next<Message>(what: string, wanted: (message: Message) => boolean): Promise<Message> {
      const deadline = after(WAIT_MS_MAX, 'late' as const, { signal: abort.signal, ref: false }).catch(() => 'late')
      for (;;) {
        while (waiting.length > 0) {
          const { data, errors } = waiting.shift() as { data: { changes: Message }; errors?: unknown }
          if (errors !== undefined) throw new Error(`${what}: ${JSON.stringify(errors)}`)
          if (wanted(data.changes)) return data.changes
        }
        wake = Promise.withResolvers<void>()
        if ((await Promise.race([wake.promise, deadline])) === 'late') throw new Error(`waited for ${what}`)
      }
    },
    async [Symbol.asyncDispose]() {
      abort.abort()
    },
  }
}
