import { fireEvent, render, screen } from '@testing-library/svelte'
import { beforeEach, expect, test } from 'vitest'
import Player from '../../../../apps/admin/src/features/player/Player.svelte'
import { installMediaSource } from '../../player/media-source.ts'
import { startStreamSocket, tell } from '../../player/stream-socket.ts'

/** A loaded machine may take its time. */
const eventually = (what: () => unknown) => expect.poll(what, { timeout: 10_000 })

beforeEach(() => {
  installMediaSource()
  window.localStorage.clear()
})

const avc = 'video/mp4; codecs="avc1.640029"'
const video = (): HTMLVideoElement => screen.getByLabelText<HTMLVideoElement>('Live picture of front door')

test('connects by name, plays without sound, and says how and why', async () => {
  const paths: string[] = []
  await using _server = await startStreamSocket((socket, _request, path) => {
    paths.push(path)
    tell(socket, 'mse', avc)
  })
  const { unmount } = render(Player, { name: 'front door', revision: 1 })
  screen.getByText('Connecting to the camera…')
  await screen.findByText('Waiting for the first full picture…', {}, { timeout: 10_000 })
  expect([video().muted, video().controls]).toEqual([true, false])
  video().dispatchEvent(new Event('playing'))
  await screen.findByText('Live · MSE', {}, { timeout: 10_000 })
  await fireEvent.click(screen.getByRole('button', { name: 'Statistics' }))
  screen.getByText('WebRTC was not tried: this browser has no WebRTC')
  screen.getByText('MSE plays')
  await fireEvent.click(screen.getByRole('button', { name: 'Turn the sound on' }))
  expect(video().muted).toBe(false)
  expect(paths).toEqual(['/api/ws?src=front%20door'])
  unmount()
})

test('another protocol begins at once, and is kept for next time', async () => {
  const asked: string[] = []
  await using _server = await startStreamSocket((socket, { type }) => {
    asked.push(type)
    tell(socket, type === 'mse' ? 'mse' : 'mjpeg', type === 'mse' ? avc : '')
  })
  const { unmount } = render(Player, { name: 'front door', revision: 1 })
  await eventually(() => asked).toEqual(['mse'])
  await fireEvent.click(screen.getByRole('radio', { name: 'MJPEG' }))
  await eventually(() => asked).toEqual(['mse', 'mjpeg'])
  expect(window.localStorage.getItem('sightline.way')).toBe('mjpeg')
  unmount()
})

test('a failure is said with its remedy, and tried again when the stream was changed', async () => {
  let fits = false
  await using _server = await startStreamSocket((socket, { type }) => {
    if (fits) tell(socket, 'mse', avc)
    else tell(socket, 'error', `${type}: streams: codecs not matched: video:H265 => video:H264`)
  })
  const { rerender, unmount } = render(Player, { name: 'front door', revision: 1 })
  await screen.findByText(/cannot play H265/, {}, { timeout: 10_000 })
  screen.getByText(/Set the camera to H264/)
  fits = true
  await rerender({ name: 'front door', revision: 2 })
  await screen.findByText('Waiting for the first full picture…', {}, { timeout: 10_000 })
  unmount()
})

test('where there is no WebRTC, talking says why not', async () => {
  await using _server = await startStreamSocket(() => {})
  const { unmount } = render(Player, { name: 'front door', revision: 1 })
  await fireEvent.click(screen.getByRole('button', { name: 'Talk' }))
  await screen.findByText(/cannot play live video in any of the ways/, {}, { timeout: 10_000 })
  unmount()
})
