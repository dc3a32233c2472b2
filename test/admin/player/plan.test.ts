// @vitest-environment node
import { expect, test } from 'vitest'
import { type Abilities, planOf } from '../../../apps/admin/src/player/plan.ts'

const able: Abilities = { webrtc: true, mediaSource: true, nativeHls: true }
const everything = 'webrtc,mse,hls,mp4,mjpeg'

test.each([
  ['WebRTC and MSE race', everything, able, ['webrtc', 'mse'], 'mjpeg'],
  ['HLS stands in for MSE', everything, { ...able, mediaSource: false }, ['webrtc', 'hls'], 'mjpeg'],
  [
    'stills stand in for HLS',
    everything,
    { ...able, mediaSource: false, nativeHls: false },
    ['webrtc', 'mp4'],
    'mjpeg',
  ],
  ['MSE alone', 'mse', able, ['mse'], undefined],
  ['the order of the list does not matter', 'mjpeg,mse,webrtc', able, ['webrtc', 'mse'], 'mjpeg'],
  ['MJPEG alone is begun at once', 'mjpeg', able, ['mjpeg'], undefined],
  ['MJPEG beside WebRTC waits until that fails', 'webrtc,mjpeg', able, ['webrtc'], 'mjpeg'],
  ['without WebRTC the other one is alone', 'webrtc,mse', { ...able, webrtc: false }, ['mse'], undefined],
  ['nothing that this browser can', 'mse', { ...able, mediaSource: false }, [], undefined],
] as const)('%s', (_name, mode, abilities, begin, fallback) => {
  const plan = planOf(mode, abilities)
  expect([plan.begin, plan.fallback]).toEqual([begin, fallback])
})

test('says why a way was not begun', () => {
  expect(planOf(everything, { ...able, mediaSource: false }).passedOver).toEqual([
    { way: 'mse', reason: 'this browser has no Media Source Extensions' },
    { way: 'mp4', reason: 'not needed while a better way is tried' },
  ])
})
