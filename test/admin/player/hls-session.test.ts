import { beforeEach, expect, test } from 'vitest'
import { HlsSession } from '../../../apps/admin/src/player/hls-session.ts'
import { installMediaSource } from './media-source.ts'

beforeEach(installMediaSource)

function open() {
  const heard: string[] = []
  const video = document.createElement('video')
  const session = new HlsSession({
    video,
    socket: 'wss://host/below/api/ws?src=porch',
    play: () => heard.push('play'),
    listener: {
      agreed: () => heard.push('agreed'),
      playing: () => heard.push('playing'),
      failed: ({ message }) => heard.push(message),
    },
  })
  return { session, heard, video }
}

test('plays the playlist beside the socket', () => {
  const { session, heard, video } = open()
  session.open('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhls/playlist.m3u8?id=x')
  expect(video.src).toBe('https://host/below/api/hls/playlist.m3u8?id=x')
  video.dispatchEvent(new Event('playing'))
  video.dispatchEvent(new Event('error'))
  expect(heard).toEqual(['agreed', 'play', 'playing', 'The browser could not play the playlist.'])
})

test('an answer without a playlist is an end', () => {
  const { session, heard } = open()
  session.open('')
  expect(heard).toEqual(['The server named no playlist.'])
})
