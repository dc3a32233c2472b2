import { expect, test } from 'vitest'
import { Live } from '../../../../apps/admin/src/api/live.svelte.ts'
import { ChangeLog } from '../../../../apps/admin/src/features/changes/change-log.svelte.ts'
import { startGraphqlServer } from '../../graphql-server.ts'
import { eventAt } from '../../stream-data.ts'

test('a page and the feed that tell the same event make one of it, newest first', async () => {
  await using _server = await startGraphqlServer({
    events: () => ({ events: [eventAt(2), eventAt(1)], hasMore: false }),
  })
  const live = new Live()
  const log = new ChangeLog(undefined, live)
  const stop = $effect.root(() => {
    $effect(() => void log.changes)
  })
  await expect.poll(() => log.state).toBe('ready')
  live.receive({
    __typename: 'ConfigurationChanged',
    position: 3,
    events: [eventAt(2), eventAt(3)],
    streams: [],
    removed: [],
  })
  expect(log.changes.map(({ last }) => last)).toEqual([3, 2, 1])
  stop()
})

test('nothing is read while nobody looks', async () => {
  let reads = 0
  await using _server = await startGraphqlServer({
    events: () => {
      reads++
      return { events: [], hasMore: false }
    },
  })
  expect(new ChangeLog(undefined, new Live()).changes).toEqual([])
  expect(reads).toBe(0)
})
