import { beforeEach, expect, test } from 'vitest'
import { VideoStream } from '../../../apps/admin/src/player/video-stream.ts'
import { installMediaSource } from './media-source.ts'
import { startStreamSocket, tell } from './stream-socket.ts'

/** A loaded machine may take its time. */
const eventually = (what: () => unknown) => expect.poll(what, { timeout: 10_000 })

beforeEach(installMediaSource)

const text = (player: VideoStream, selector: string): string => player.querySelector(selector)?.textContent ?? ''

test('says over its picture what it does, and on demand why', async () => {
  await using _server = await startStreamSocket((socket, { type }) =>
    tell(socket, 'error', `${type}: streams: codecs not matched: video:H265 => video:H264`),
  )
  const player = document.createElement('video-stream') as VideoStream
  player.mode = 'mse'
  document.body.append(player)
  expect(player).toBeInstanceOf(VideoStream)
  expect(text(player, '.mode')).toBe('paused')
  player.src = 'api/ws?src=porch'
  expect([text(player, '.mode'), text(player, '[role=status] p')]).toEqual(['loading', 'Connecting to the camera…'])
  await eventually(() => text(player, '.mode')).toBe('error')
  expect(text(player, '[role=status] p')).toContain('cannot play H265')
  const why = player.querySelector<HTMLElement>('.sightline-why') ?? expect.fail('nothing that says why')
  expect(why.hidden).toBe(true)
  player.querySelector<HTMLButtonElement>('.mode')?.click()
  expect([why.hidden, why.textContent]).toEqual([false, 'MSE failed: no codec in common (stream: H265; browser: H264)'])
  player.ondisconnect()
  player.remove()
})

test('offers to talk when somebody asked for a microphone', () => {
  const player = new VideoStream()
  player.media = 'video,audio,microphone'
  document.body.append(player)
  const talk = [...player.querySelectorAll('button')].find(button => button.textContent === 'Talk')
  expect(talk?.hidden).toBe(false)
  player.remove()
})
