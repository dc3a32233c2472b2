import { expect, test } from 'vitest'
import { Live } from '../../../../apps/admin/src/api/live.svelte.ts'
import { CurrentStream } from '../../../../apps/admin/src/features/streams/current-stream.svelte.ts'
import { statusOf, streamOf, systemAt } from '../../stream-data.ts'

const problem = { code: 'timed_out', message: 'no answer', remedy: null }

test('is the stream of that name, once it is there', () => {
  const live = new Live()
  const current = new CurrentStream(() => 'porch', live)
  expect([current.loaded, current.stream]).toEqual([false, undefined])
  live.load(systemAt(1), [streamOf('porch', { state: 'LIVE' })])
  expect([current.loaded, current.stream?.id, current.status?.state]).toEqual([true, 'porch', 'LIVE'])
})

test('has a problem only while it should be live and is not', () => {
  const live = new Live()
  live.load(systemAt(1), [streamOf('porch', { state: 'LIVE', problem })])
  const current = new CurrentStream(() => 'porch', live)
  expect(current.problem).toBeUndefined()
  live.receive({ __typename: 'StatusChanged', statuses: [statusOf('porch', { state: 'RECONNECTING', problem })] })
  expect(current.problem).toEqual(problem)
})

test('a stream without a problem of its own has its source’s', () => {
  const source = { url: '', state: 'IDLE' as const, problem, retryAt: null, remoteAddress: '', tracks: [] }
  const live = new Live()
  live.load(systemAt(1), [streamOf('porch', { state: 'FAILED', sources: [source] })])
  expect(new CurrentStream(() => 'porch', live).problem).toEqual(problem)
})
