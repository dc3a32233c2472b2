import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { createRawSnippet } from 'svelte'
import { afterEach, expect, test } from 'vitest'
import FirstRun from '../../../../apps/admin/src/features/probe/FirstRun.svelte'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'

afterEach(cleanup)

const bring = createRawSnippet(() => ({ render: () => '<button>Choose the file</button>' }))

test('the demo camera is added as “demo” and opened', async () => {
  const asked: unknown[] = []
  await using _server = await startGraphqlServer({
    setStream: given => {
      asked.push({ ...given })
      return unchanged
    },
  })
  render(FirstRun, { bring })
  await fireEvent.click(screen.getByRole('button', { name: 'Watch the demo camera' }))
  await expect.poll(() => window.location.hash).toBe('#/streams/demo')
  expect(asked).toEqual([{ name: 'demo', sources: ['demo:'], dryRun: false }])
})

test('a refusal is shown and the page stays', async () => {
  window.location.hash = '#/'
  await using _server = await startGraphqlServer({
    setStream: () => ({ ...unchanged, problem: { code: 'storage', message: 'the disk is full' } }),
  })
  render(FirstRun, { bring })
  await fireEvent.click(screen.getByRole('button', { name: 'Watch the demo camera' }))
  await screen.findByText('The disk is full.')
  expect(window.location.hash).toBe('#/')
})

test('it also leads to adding a camera and to bringing a file', () => {
  render(FirstRun, { bring })
  expect(screen.getByRole('link', { name: 'Add your camera' }).getAttribute('href')).toBe('#/add')
  screen.getByRole('button', { name: 'Choose the file' })
})
