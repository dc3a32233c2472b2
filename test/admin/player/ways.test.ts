// @vitest-environment node
import { expect, test } from 'vitest'
import { parseMode, wayName } from '../../../apps/admin/src/player/ways.ts'

test.each([
  ['webrtc,mse,hls,mjpeg', { ways: ['webrtc', 'mse', 'hls', 'mjpeg'], tcpOnly: false }],
  ['mse, mse', { ways: ['mse'], tcpOnly: false }],
  ['webrtc/tcp,mse', { ways: ['webrtc', 'mse'], tcpOnly: true }],
  ['webrtc/tcp,webrtc', { ways: ['webrtc'], tcpOnly: false }],
  ['whep,constructor,mp4', { ways: ['mp4'], tcpOnly: false }],
  ['', { ways: [], tcpOnly: false }],
])('mode %s', (mode, wanted) => {
  expect(parseMode(mode)).toEqual(wanted)
})

test('ways have names for people', () => {
  expect(wayName('webrtc')).toBe('WebRTC')
})
