import { beforeEach, expect, test } from 'vitest'
import { MsePlayer } from '../../../../apps/admin/src/features/player/mse-player.svelte.ts'
import { installMediaSource, RecordingMediaSource } from './media-source.ts'
import { startStreamSocket, tell } from './stream-socket.ts'

beforeEach(() => {
  installMediaSource()
  RecordingMediaSource.supports = () => true
})

const avc = 'video/mp4; codecs="avc1.640029"'

test('connects by name, waits for a keyframe, plays', async () => {
  const paths: string[] = []
  await using _server = await startStreamSocket((socket, _request, path) => {
    paths.push(path)
    tell(socket, 'mse', avc)
  })
  const player = new MsePlayer('front door')
  const video = document.createElement('video')
  expect(player.status.state).toBe('connecting')
  const detach = player.attach(video)
  await expect.poll(() => player.status.state).toBe('waiting')
  video.dispatchEvent(new Event('playing'))
  expect(player.status.state).toBe('playing')
  expect(paths).toEqual(['/api/ws?src=front%20door'])
  detach()
  expect(video.hasAttribute('src')).toBe(false)
})

test('comes back by itself when the connection breaks', async () => {
  let connections = 0
  await using _server = await startStreamSocket(socket => {
    connections++
    if (connections === 1) socket.close()
    else tell(socket, 'mse', avc)
  })
  const player = new MsePlayer('porch')
  const detach = player.attach(document.createElement('video'))
  await expect.poll(() => player.status.state).toBe('reconnecting')
  await expect.poll(() => player.status.state, { timeout: 4000 }).toBe('waiting')
  expect(connections).toBe(2)
  detach()
})

test('a codec that does not fit is said, not tried over and over, and tried again when asked', async () => {
  let fits = false
  let connections = 0
  await using _server = await startStreamSocket(socket => {
    connections++
    if (fits) tell(socket, 'mse', avc)
    else tell(socket, 'error', 'mse: streams: codecs not matched: video:H265 => video:H264')
  })
  const player = new MsePlayer('porch')
  const detach = player.attach(document.createElement('video'))
  await expect.poll(() => player.status.state).toBe('failed')
  expect(connections).toBe(1)
  fits = true
  player.retry()
  await expect.poll(() => player.status.state).toBe('waiting')
  detach()
})

test('a browser without a media source is told what to do', async () => {
  Object.assign(window, { MediaSource: undefined })
  const player = new MsePlayer('porch')
  const detach = player.attach(document.createElement('video'))
  expect(player.status).toMatchObject({ state: 'failed', problem: { remedy: expect.stringContaining('VLC') } })
  detach()
})
