import type { MessagePort } from 'node:worker_threads'
import type { ThreadAnswer, ThreadMethods, ThreadRequest } from './thread-protocol.ts'

/** A failure that is expected, as it crosses to another thread. */
export interface CrossingRefusal {
  readonly code: string
  readonly message: string
}

/** Answers the questions that come through a port. Each is begun in the order they came; only what a method awaits may overtake. */
export const serveThread = <Methods extends ThreadMethods<Methods>>(
  port: MessagePort,
  methods: Methods,
  asRefusal: (error: unknown) => CrossingRefusal | undefined,
): void => {
  port.on('message', async (request: ThreadRequest) => {
    port.postMessage(await answer(request, methods, asRefusal))
  })
}

const answer = async <Methods extends ThreadMethods<Methods>>(
  { id, method, input }: ThreadRequest,
  methods: Methods,
  asRefusal: (error: unknown) => CrossingRefusal | undefined,
): Promise<ThreadAnswer> => {
  try {
    const call = methods[method as keyof Methods] as unknown as (input: unknown) => unknown
    return { id, outcome: 'ok', output: await call(input) }
  } catch (error) {
    const refusal = asRefusal(error)
    if (refusal !== undefined) return { id, outcome: 'refused', code: refusal.code, message: refusal.message }
    return { id, outcome: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
