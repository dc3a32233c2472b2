import { fireEvent, render, screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import KeepRunning from '../../../../apps/admin/src/features/streams/KeepRunning.svelte'
import { StreamActions } from '../../../../apps/admin/src/features/streams/stream-actions.svelte.ts'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'
import { streamOf } from '../../stream-data.ts'

test('the switch says what is so, and moves when the server has done it', async () => {
  const asked: unknown[] = []
  const done = Promise.withResolvers<void>()
  await using _server = await startGraphqlServer({
    setPreload: ({ query }) => {
      asked.push(query)
      return { ...unchanged, correlationId: 'c1' }
    },
  })
  const actions = new StreamActions(() => done.resolve(), done.reject)
  const porch = streamOf('porch')
  const { rerender } = render(KeepRunning, { stream: porch, actions })
  const toggle = screen.getByRole<HTMLInputElement>('switch', { name: 'Keep running' })
  expect(toggle.checked).toBe(false)
  screen.getByText('The source is connected while somebody watches.')
  await fireEvent.click(toggle)
  await done.promise
  expect([asked, toggle.checked]).toEqual([[''], false])
  await rerender({ stream: { ...porch, preload: 'video' }, actions })
  expect(toggle.checked).toBe(true)
  screen.getByText(/data flows all the time. Kept: video\./)
})
