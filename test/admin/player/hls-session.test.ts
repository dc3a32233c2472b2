import { beforeEach, expect, test, vi } from 'vitest'
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

test('plays the playlist beside the socket, once it has three segments', async () => {
  const { session, heard, video } = open()
  const asked: string[] = []
  vi.stubGlobal('fetch', async (address: string) => {
    asked.push(address)
    return new Response('#EXTINF:1,\na\n'.repeat(asked.length + 1))
  })
  session.open('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhls/playlist.m3u8?id=x')
  await expect.poll(() => video.src, { timeout: 10_000 }).toBe('https://host/below/api/hls/playlist.m3u8?id=x')
  expect(asked).toEqual([video.src, video.src])
  video.dispatchEvent(new Event('playing'))
  video.dispatchEvent(new Event('error'))
  expect(heard).toEqual(['agreed', 'play', 'playing', 'The browser could not play the playlist.'])
})

test('an answer without a playlist is an end', () => {
  const { session, heard } = open()
  session.open('')
  expect(heard).toEqual(['The server named no playlist.'])
})
