import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { live } from '../../../../apps/admin/src/api/live.svelte.ts'
import AddCamera from '../../../../apps/admin/src/features/probe/AddCamera.svelte'
import { startGraphqlServer, unchanged } from '../../graphql-server.ts'
import { streamOf, systemAt } from '../../stream-data.ts'

beforeEach(() => live.load(systemAt(1), [streamOf('camera-20')]))
afterEach(cleanup)

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } })

test('address, password, test, name, done', async () => {
  const probed: unknown[] = []
  const saved: unknown[] = []
  await using _server = await startGraphqlServer({
    probeSource: ({ url }) => {
      probed.push(url)
      return { tookMs: 812, problem: null, tracks: [{ kind: 'video', label: 'H264 High 2560×1440', codec: 'H264' }] }
    },
    setStream: given => {
      saved.push({ ...given })
      return unchanged
    },
  })
  render(AddCamera)
  await type('Address', 'rtsp://192.168.1.20/stream1')
  await type('User (if it asks)', 'admin')
  await type('Password', 'p@ss')
  await fireEvent.click(screen.getByRole('button', { name: 'Test the camera' }))
  await screen.findByText('H264 High 2560×1440')
  screen.getByText('The camera answered in 0.8 s and offers')
  expect(probed).toEqual(['rtsp://admin:p%40ss@192.168.1.20/stream1'])

  const name = screen.getByLabelText<HTMLInputElement>('Name')
  expect(name.value, 'camera-20 is taken').toBe('camera-20-2')
  await fireEvent.click(screen.getByRole('button', { name: 'Add the camera' }))
  await expect.poll(() => window.location.hash).toBe('#/streams/camera-20-2')
  expect(saved).toEqual([
    { name: 'camera-20-2', sources: ['rtsp://admin:p%40ss@192.168.1.20/stream1'], dryRun: false, basedOn: 0 },
  ])
})

test('a camera that does not answer: the problem and its remedy', async () => {
  await using _server = await startGraphqlServer({
    probeSource: () => ({
      tookMs: 5000,
      tracks: null,
      problem: { code: 'timed_out', message: 'the camera did not answer', remedy: 'Check that it has power.' },
    }),
  })
  render(AddCamera)
  await type('Address', 'rtsp://192.168.1.20/stream1')
  await fireEvent.click(screen.getByRole('button', { name: 'Test the camera' }))
  await screen.findByText('The camera did not answer.')
  screen.getByText('Check that it has power.')
  screen.getByRole('button', { name: 'Test again' })
})

test('a test can be given up, and what it brings later is not shown', async () => {
  let answer: ((result: unknown) => void) | undefined
  await using _server = await startGraphqlServer({
    probeSource: () =>
      new Promise(resolve => {
        answer = resolve
      }),
  })
  render(AddCamera)
  await type('Address', 'rtsp://192.168.1.20/stream1')
  await fireEvent.click(screen.getByRole('button', { name: 'Test the camera' }))
  await screen.findByText(/Asking the camera/)
  await expect.poll(() => answer, { message: 'the camera was asked' }).toBeDefined()
  await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  answer?.({ tookMs: 1, tracks: [], problem: null })
  await screen.findByRole('button', { name: 'Test the camera' })
  expect(screen.queryByText(/The camera answered/)).toBeNull()
})

test('a changed address makes what was found obsolete', async () => {
  await using _server = await startGraphqlServer({ probeSource: () => ({ tookMs: 1, problem: null, tracks: [] }) })
  render(AddCamera)
  await type('Address', 'rtsp://192.168.1.21/stream1')
  await fireEvent.click(screen.getByRole('button', { name: 'Test the camera' }))
  await screen.findByRole('button', { name: 'Add the camera' })
  await type('Address', 'rtsp://192.168.1.22/stream1')
  screen.getByRole('button', { name: 'Test the camera' })
  screen.getByRole('button', { name: 'Add without a test' })
})

test('a name that another stream has cannot be saved', async () => {
  render(AddCamera)
  await type('Address', 'rtsp://192.168.1.21/stream1')
  await type('Name', 'camera-20')
  screen.getByText('Another stream has this name.')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Add without a test' }).disabled).toBe(true)
})

test('an address that cannot be dialed is not tested', async () => {
  render(AddCamera)
  await type('Address', '192.168.1.20')
  screen.getByText('Begin with how to reach it, such as rtsp://192.168.1.20.')
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Test the camera' }).disabled).toBe(true)
})
