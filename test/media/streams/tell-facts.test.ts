import { expect, test } from 'vitest'
import type { Consumer } from '#media/core/consumer.ts'
import type { Producer } from '#media/core/producer.ts'
import type { SessionRecord } from '#media/core/session-record.ts'
import type { StreamSource } from '#media/streams/stream-source.ts'
import { consumerLeft, sourceSessionEnded, sourceStateChanged } from '#media/streams/tell-facts.ts'

const reason = { code: 'peer_lost', message: 'gone' }
const session = { protocol: 'webrtc' } as SessionRecord

test('a source tells its state, and when it is tried again', () => {
  const waiting = { state: 'waiting', cause: reason, retryIn: 5000 } as StreamSource
  expect(sourceStateChanged('1', 2, waiting, 1_000_000)).toEqual({
    ...{ type: 'SourceStateChanged', streamId: '1', source: 2, state: 'waiting', cause: reason, retryAt: 1_005_000 },
  })
  expect(sourceStateChanged('1', 0, { state: 'live' } as StreamSource, 1)).toEqual({
    ...{ type: 'SourceStateChanged', streamId: '1', source: 0, state: 'live' },
  })
})

test('a connection is told of where there is something to tell', () => {
  expect(sourceSessionEnded('1', 0, {} as Producer, reason)).toBeUndefined()
  expect(sourceSessionEnded('1', 0, { session } as Producer, reason)).toEqual({
    ...{ type: 'SourceSessionEnded', streamId: '1', source: 0, cause: reason, session },
  })
})

test('a viewer that has gone leaves its sums and its session', () => {
  const info = { id: 7, bytesSent: 10, bytesReceived: 2 }
  const senders = [{ droppedCount: 1 }, { droppedCount: 2 }]
  expect(consumerLeft('1', { info, senders, session } as unknown as Consumer, reason)).toEqual({
    ...{ type: 'ConsumerLeft', streamId: '1', consumer: 7, cause: reason, session },
    sums: { bytesSent: 10, bytesReceived: 2, droppedCount: 3 },
  })
})
