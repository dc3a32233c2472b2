import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, expect, test } from 'vitest'
import { live } from '../../../../apps/admin/src/api/live.svelte.ts'
import ChangeList from '../../../../apps/admin/src/features/changes/ChangeList.svelte'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'
import { eventAt } from '../../stream-data.ts'

afterEach(cleanup)

const page = (events: unknown[], hasMore = false) => ({ events, hasMore })

test('shows what happened, newest first, and older changes on demand', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    events: ({ before }) => {
      asked.push(before ?? 'newest')
      return before === null
        ? page([eventAt(3, { summary: 'porch: removed' }), eventAt(2, { summary: 'porch: changed' })], true)
        : page([eventAt(1, { summary: 'porch: added' })])
    },
  })
  render(ChangeList)
  await screen.findByText('porch: removed')
  await fireEvent.click(screen.getByRole('button', { name: 'Show older changes' }))
  await screen.findByText('porch: added')
  expect(screen.getAllByText(/^porch: /).map(({ textContent }) => textContent)).toEqual([
    'porch: removed',
    'porch: changed',
    'porch: added',
  ])
  expect(asked).toEqual(['newest', 2])
  expect(screen.queryByRole('button', { name: 'Show older changes' })).toBeNull()
})

test('what happens meanwhile appears by itself; of other streams only where everything is shown', async () => {
  await using _server = await startGraphqlServer({ events: () => page([eventAt(1, { summary: 'porch: added' })]) })
  render(ChangeList, { streamId: 'porch' })
  await screen.findByText('porch: added')
  const happened = (position: number, streamId: string) =>
    live.receive({
      __typename: 'ConfigurationChanged',
      position,
      events: [eventAt(position, { streamId, summary: `${streamId}: changed` })],
      streams: [],
      removed: [],
    })
  happened(2, 'garage')
  happened(3, 'porch')
  await screen.findByText('porch: changed')
  expect(screen.queryByText('garage: changed')).toBeNull()
})

test('opening a change shows what it did to the stream', async () => {
  await using _server = await startGraphqlServer({
    events: () => page([eventAt(2, { summary: 'porch: changed' })]),
    diff: ({ from, to }) => [
      {
        id: 'porch',
        kind: 'CHANGED',
        before: { id: 'porch', name: 'porch', sources: [`rtsp://old/${from}`] },
        after: { id: 'porch', name: 'porch', sources: [`rtsp://new/${to}`] },
      },
      { id: 'other', kind: 'REMOVED', before: { id: 'other', name: 'other', sources: [] }, after: null },
    ],
  })
  render(ChangeList)
  await fireEvent.click(await screen.findByText('porch: changed'))
  await screen.findByText('rtsp://old/1')
  screen.getByText('rtsp://new/2')
  expect(screen.queryByText('other')).toBeNull()
})

test('undo sends the change set’s own id', async () => {
  const undone: unknown[] = []
  await using _server = await startGraphqlServer({
    events: () => page([eventAt(2)]),
    undo: ({ correlationId }) => {
      undone.push(correlationId)
      return unchanged
    },
  })
  render(ChangeList)
  await fireEvent.click(await screen.findByRole('button', { name: /^Undo/ }))
  await expect.poll(() => undone).toEqual(['change-2'])
})

test('a log that cannot be read says so and can be asked again', async () => {
  let broken = true
  await using _server = await startGraphqlServer({
    events: () => {
      if (broken) throw new Error('the disk is full')
      return page([eventAt(1, { summary: 'porch: added' })])
    },
  })
  render(ChangeList)
  await screen.findByText('The disk is full.')
  broken = false
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await screen.findByText('porch: added')
})

test('an empty log says what it is for', async () => {
  await using _server = await startGraphqlServer({ events: () => page([]) })
  render(ChangeList)
  await screen.findByText('No changes yet')
})
