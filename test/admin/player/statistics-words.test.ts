// @vitest-environment node
import { expect, test } from 'vitest'
import { statisticsInWords } from '../../../apps/admin/src/player/statistics-words.ts'

const numbers = { codecs: 'H264 + Opus', width: 1920, height: 1080, framesPerSecond: 24.9, dropped: 2 }

test('WebRTC has all of them', () => {
  const rows = statisticsInWords({
    ...{ ...numbers, way: 'webrtc', transport: 'UDP', bitsPerSecond: 4_200_000, behindS: 0.08 },
    ...{ lost: 3, jitterMs: 2.4, firstFrameMs: 412.3 },
  })
  expect(Object.fromEntries(rows)).toEqual({
    Protocol: 'WebRTC over UDP',
    Codecs: 'H264 + Opus',
    Picture: '1920 × 1080',
    Frames: '25 a second',
    Bitrate: '4.2 Mbit/s',
    'Behind live': '80 ms',
    Dropped: '2',
    'Lost packets': '3',
    Jitter: '2 ms',
    'First picture': '412 ms',
  })
})

test('what a way cannot know has no row', () => {
  const rows = statisticsInWords({
    ...numbers,
    way: 'hls',
    codecs: '',
    width: 0,
    firstFrameMs: undefined,
    behindS: 2.5,
  })
  expect(rows.map(([name]) => name)).toEqual(['Protocol', 'Picture', 'Frames', 'Behind live', 'Dropped'])
  expect(Object.fromEntries(rows)).toMatchObject({ Picture: 'none', 'Behind live': '2.5 s' })
})
