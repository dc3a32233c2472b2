// @vitest-environment node
import { expect, test } from 'vitest'
import { playlistAddress, socketAddress } from '../../../apps/admin/src/player/addresses.ts'

test.each([
  ['api/ws?src=a', 'http://host:1984/', 'ws://host:1984/api/ws?src=a'],
  ['api/ws?src=a', 'https://host/go2rtc/stream.html?src=b#c', 'wss://host/go2rtc/api/ws?src=a'],
  ['/api/ws?src=a', 'https://host/go2rtc/stream.html', 'wss://host/api/ws?src=a'],
  ['http://other:1984/api/ws?src=a', 'https://host/', 'ws://other:1984/api/ws?src=a'],
  ['https://other/x/api/ws?src=a', 'http://host/', 'wss://other/x/api/ws?src=a'],
  ['wss://other/api/ws?src=a%26b', 'http://host/', 'wss://other/api/ws?src=a%26b'],
  ['ws://other/api/ws?src=rtsp://u:p@cam/1', 'http://host/', 'ws://other/api/ws?src=rtsp://u:p@cam/1'],
])('%s on %s is %s', (src, base, wanted) => {
  expect(socketAddress(src, base)).toBe(wanted)
})

test.each(['javascript:alert(1)', 'file:///etc/passwd', 'http://'])('%s is refused', src => {
  expect(() => socketAddress(src, 'http://host/')).toThrow(TypeError)
})

test.each([
  ['ws://host/api/ws?src=a', 'http://host/api/hls/playlist.m3u8?id=x'],
  ['wss://host/below/api/ws?src=a', 'https://host/below/api/hls/playlist.m3u8?id=x'],
])('a playlist lies beside the socket %s', (socket, wanted) => {
  expect(playlistAddress('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhls/playlist.m3u8?id=x', socket)).toBe(wanted)
  expect(playlistAddress('#EXTM3U\n', socket)).toBeUndefined()
})
