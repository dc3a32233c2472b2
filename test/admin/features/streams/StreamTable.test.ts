import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { flushSync } from 'svelte'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Live } from '../../../../apps/admin/src/api/live.svelte.ts'
import StreamTable from '../../../../apps/admin/src/features/streams/StreamTable.svelte'
import { StreamActions } from '../../../../apps/admin/src/features/streams/stream-actions.svelte.ts'
import { StreamList } from '../../../../apps/admin/src/features/streams/stream-list.svelte.ts'
import { statusOf, streamOf, systemAt } from '../../stream-data.ts'

/** The simulated browser lays nothing out: the list is told that its view is ten rows of 56 px high. */
const VIEW_PX = 560

const clientHeight = Object.getOwnPropertyDescriptor(Element.prototype, 'clientHeight')
beforeAll(() => {
  Object.defineProperty(Element.prototype, 'clientHeight', { configurable: true, get: () => VIEW_PX })
  globalThis.ResizeObserver = class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
  window.matchMedia = () => Object.assign(new EventTarget(), { matches: false }) as MediaQueryList
})
afterAll(() => {
  if (clientHeight) Object.defineProperty(Element.prototype, 'clientHeight', clientHeight)
})
afterEach(cleanup)

function show(streams: readonly ReturnType<typeof streamOf>[]) {
  const live = new Live()
  live.load(systemAt(1), streams)
  const list = new StreamList(live)
  const nothing = (): void => {}
  render(StreamTable, { list, actions: new StreamActions(nothing, nothing) })
  return { live, list }
}

const many = Array.from({ length: 10_000 }, (_, index) => streamOf(`cam ${index}`))
const links = () => screen.getAllByRole('link').map(({ textContent }) => textContent)

test('ten thousand streams draw the rows in view and a few around it', async () => {
  show(many)
  expect(links().length).toBeLessThanOrEqual(24)
  expect(links()[0]).toBe('cam 0')
  const view = screen.getByRole('list', { name: 'Streams' }).parentElement ?? expect.fail('no view')
  view.scrollTop = 5000 * 56
  await fireEvent.scroll(view)
  expect(links()).toContain('cam 5005')
  expect(links()).not.toContain('cam 0')
  expect(links().length).toBeLessThanOrEqual(24)
})

test('arrow keys, Home and End move along the rows, drawing them as needed', async () => {
  show(many)
  const press = async (key: string) => {
    await fireEvent.keyDown(document.activeElement ?? document.body, { key })
    flushSync()
    await expect.poll(() => document.activeElement?.tagName).toBe('A')
  }
  screen.getByRole('link', { name: 'cam 0' }).focus()
  await press('ArrowDown')
  await expect.poll(() => document.activeElement?.textContent).toBe('cam 1')
  await press('End')
  await expect.poll(() => document.activeElement?.textContent).toBe('cam 9999')
  await press('ArrowUp')
  await expect.poll(() => document.activeElement?.textContent).toBe('cam 9998')
  await press('Home')
  await expect.poll(() => document.activeElement?.textContent).toBe('cam 0')
})

test('a row tells state, codecs, viewers and bitrate, and what is wrong', async () => {
  const track = (kind: string, codec: string) => ({ kind, codec, label: codec })
  const source = {
    url: 'rtsp://10.0.0.1/live',
    state: 'LIVE' as const,
    problem: null,
    retryAt: null,
    remoteAddress: '',
    tracks: [track('audio', 'AAC'), track('video', 'H264')],
  }
  const { live } = show([streamOf('porch', { state: 'LIVE', viewerCount: 2, bitsPerSecond: 4.2e6, sources: [source] })])
  screen.getByText('Live')
  screen.getByText('H264, AAC')
  expect(screen.getAllByText(/4\.2 Mbit\/s/).length).toBeGreaterThan(0)
  live.receive({ __typename: 'StatusChanged', statuses: [] })
  live.receive({
    __typename: 'StatusChanged',
    statuses: [
      statusOf('porch', {
        state: 'RECONNECTING',
        problem: { code: 'timed_out', message: 'the camera does not answer', remedy: null },
      }),
    ],
  })
  await screen.findByText('Reconnecting')
  screen.getByText('The camera does not answer.')
})

test('before the server has answered there are grey rows, not an empty list', () => {
  const nothing = (): void => {}
  render(StreamTable, { list: new StreamList(new Live()), actions: new StreamActions(nothing, nothing) })
  screen.getByRole('status', { name: 'Loading' })
})

test('a filter that finds nothing says so and can be taken away', async () => {
  const { list } = show([streamOf('porch')])
  list.text = 'garage'
  await screen.findByText('No stream matches')
  await fireEvent.click(screen.getByRole('button', { name: 'Show all streams' }))
  await screen.findByRole('link', { name: 'porch' })
})
