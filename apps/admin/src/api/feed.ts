import { print } from '@0no-co/graphql.web'
import { createClient } from 'graphql-sse'
import { type Change, ChangesFeed } from './documents.ts'
import { serverUrl } from './endpoint.ts'

/** Who hears the feed. */
export interface FeedListener {
  connected(): void
  received(change: Change): void
}

/**
 * Tells everything that changes, from a position on. Resolves when `signal` aborts or the server ends the feed,
 * rejects when it breaks. It does not try again: whoever listens knows the position to resume from.
 */
export function followChanges(after: number, listener: FeedListener, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const client = createClient({
    url: serverUrl('api/graphql').href,
    retryAttempts: 0,
    on: { connected: () => listener.connected() },
  })
  const end = client.subscribe<{ changes: Change }>(
    { query: print(ChangesFeed), variables: { after } },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined) reject(new Error(errors[0]?.message ?? 'The server broke off its feed.'))
        else if (data) listener.received(data.changes)
      },
      error: () => reject(new Error('The connection to the server broke.')),
      complete: resolve,
    },
  )
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise.finally(() => {
    end()
    client.dispose()
  })
}
