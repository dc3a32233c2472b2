import { expect, test } from 'vitest'
import { readConfigAt, readDifferences, readEvents, readViewers } from '../../../apps/admin/src/api/queries.ts'
import { startGraphqlServer } from '../graphql-server.ts'
import { eventAt } from '../stream-data.ts'

test('a page of the log is asked for by its end, its size and its stream', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    events: given => {
      asked.push({ ...given })
      return { events: [eventAt(1)], hasMore: true }
    },
  })
  expect(await readEvents({ first: 20 })).toMatchObject({ hasMore: true, events: [{ position: 1 }] })
  await readEvents({ before: 5, first: 20, streamId: 's1' })
  expect(asked).toEqual([
    { before: null, first: 20, streamId: null },
    { before: 5, first: 20, streamId: 's1' },
  ])
})

test('the configuration of another time, and what changed since', async () => {
  const porch = { id: 's1', name: 'porch', sources: ['demo:'], preload: null }
  await using _server = await startGraphqlServer({
    configAt: ({ position }) => (position === 3 ? [porch] : []),
    diff: ({ from, to }) => (from === 3 && to === 4 ? [{ id: 's1', kind: 'REMOVED', before: porch, after: null }] : []),
  })
  expect(await readConfigAt(3)).toEqual([porch])
  expect(await readDifferences(3, 4)).toMatchObject([{ id: 's1', kind: 'REMOVED', after: null }])
})

test('a stream that is not there has no viewers to tell of', async () => {
  await using _server = await startGraphqlServer({ stream: () => null })
  expect(await readViewers('porch', new AbortController().signal)).toBeUndefined()
})
