import { afterEach, expect, test } from 'vitest'
import { announce, complain, takeBack } from '../../../../apps/admin/src/features/changes/announce.ts'
import { toasts } from '../../../../apps/admin/src/ui/toasts.svelte.ts'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'

afterEach(() => {
  for (const { id } of toasts.shown) toasts.dismiss(id)
})

const shown = () => toasts.shown.map(({ message, action }) => [message, action?.word])

test('what was done can be undone, and what was undone done again', async () => {
  const undone: unknown[] = []
  await using _server = await startGraphqlServer({
    undo: ({ correlationId }) => {
      undone.push(correlationId)
      return { ...unchanged, correlationId: 'c2' }
    },
  })
  announce('porch is removed.', { ...unchanged, events: [], correlationId: 'c1' })
  expect(shown()).toEqual([['porch is removed.', 'Undo']])
  toasts.shown[0]?.action?.run()
  await expect.poll(shown).toContainEqual(['Undone.', 'Redo'])
  expect(undone).toEqual(['c1'])
})

test('what changed nothing has nothing to undo', async () => {
  await using _server = await startGraphqlServer({ undo: () => unchanged })
  announce('Nothing changed.', { ...unchanged, events: [] })
  await takeBack('c1')
  expect(shown()).toEqual([
    ['Nothing changed.', undefined],
    ['Nothing to undo: everything is as it was before.', undefined],
  ])
})

test('an undo that is refused says why and what to do', async () => {
  const problem = { code: 'superseded', message: 'porch was changed since', remedy: 'Undo the newer change first.' }
  await using _server = await startGraphqlServer({ undo: () => ({ ...unchanged, problem }) })
  await takeBack('c1')
  expect(shown()).toEqual([['Porch was changed since. Undo the newer change first.', undefined]])
  expect(toasts.shown[0]?.bad).toBe(true)
})

test('a problem without a remedy is one sentence', () => {
  complain({ message: 'the disk is full', remedy: null })
  expect(shown()).toEqual([['The disk is full.', undefined]])
})
