import type { Consumer } from '../core/consumer.ts'
import type { Producer } from '../core/producer.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import type { StreamFact } from './stream-facts.ts'
import type { StreamSource } from './stream-source.ts'

const causeOf = ({ code, message }: CloseReason): CloseReason => ({ code, message })

/** That a source is in another state; `now` is in milliseconds since 1970. */
export const sourceStateChanged = (streamId: string, place: number, source: StreamSource, now: number): StreamFact => {
  const { cause, retryIn, state } = source
  return {
    type: 'SourceStateChanged',
    ...{ streamId, source: place, state },
    ...(cause !== undefined && { cause }),
    ...(retryIn !== undefined && { retryAt: now + retryIn }),
  }
}

/** That a source's connection has ended; `undefined` where there is nothing to tell of it. */
export const sourceSessionEnded = (
  streamId: string,
  place: number,
  { session }: Producer,
  reason: CloseReason,
): StreamFact | undefined =>
  session && { type: 'SourceSessionEnded', streamId, source: place, cause: causeOf(reason), session }

/** That a viewer has gone, with the sums of its stay. */
export const consumerLeft = (streamId: string, consumer: Consumer, reason: CloseReason): StreamFact => {
  const { info, senders, session } = consumer
  const { bytesSent, bytesReceived } = info
  const droppedCount = senders.reduce((sum, sender) => sum + sender.droppedCount, 0)
  return {
    type: 'ConsumerLeft',
    ...{ streamId, consumer: info.id, cause: causeOf(reason) },
    sums: { bytesSent, bytesReceived, droppedCount },
    ...(session !== undefined && { session }),
  }
}
