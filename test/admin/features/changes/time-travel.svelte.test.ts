import { expect, test } from 'vitest'
import { live } from '../../../../apps/admin/src/api/live.svelte.ts'
import { TimeTravel } from '../../../../apps/admin/src/features/changes/time-travel.svelte.ts'
import { toasts } from '../../../../apps/admin/src/ui/toasts.svelte.ts'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'
import { eventAt, systemAt } from '../../stream-data.ts'

const porch = { id: 's1', name: 'porch', sources: ['demo:'], preload: null }

test('shows the configuration as it was', async () => {
  await using _server = await startGraphqlServer({ configAt: () => [porch] })
  const travel = new TimeTravel()
  await travel.look(3)
  expect(travel.open).toEqual({ kind: 'look', position: 3, streams: [porch] })
  travel.close()
  expect(travel.open).toBeUndefined()
})

test('going back is shown before it is done, from now to then', async () => {
  const asked: unknown[] = []
  live.load(systemAt(9), [])
  await using _server = await startGraphqlServer({
    revertTo: ({ dryRun }) => {
      asked.push(dryRun)
      return { ...unchanged, events: [eventAt(0)], viewersEnded: 2, correlationId: 'c9' }
    },
    diff: ({ from, to }) => {
      asked.push([from, to])
      return [{ id: 's1', kind: 'REMOVED', before: porch, after: null }]
    },
  })
  const travel = new TimeTravel()
  await travel.askReturn(3)
  expect(travel.open).toMatchObject({ kind: 'return', position: 3, preview: { viewersEnded: 2 } })
  expect(asked, 'nothing is done yet').toEqual([true, [9, 3]])
  await travel.goBack(3)
  expect(asked.at(-1)).toBe(false)
  expect(travel.open).toBeUndefined()
  expect(toasts.shown.at(-1)).toMatchObject({
    message: 'The configuration is as it was at revision 3.',
    action: { word: 'Undo' },
  })
})

test('a revision that is refused is complained about and nothing opens', async () => {
  const problem = { code: 'position_unknown', message: 'there is no revision 99', remedy: null }
  await using _server = await startGraphqlServer({ revertTo: () => ({ ...unchanged, problem }) })
  const travel = new TimeTravel()
  await travel.askReturn(99)
  expect(travel.open).toBeUndefined()
  expect(toasts.shown.at(-1)?.message).toBe('There is no revision 99.')
  expect(travel.busy).toBe(false)
})
