// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gravest, noWay, refusalOf, refusedByBrowser } from '../../../apps/admin/src/player/playback-problem.ts'

test('an H265 camera and a browser without it: says which, and what to do', () => {
  const { problem } = refusalOf(
    'mse: streams: codecs not matched: video:H265, audio:MPEG4-GENERIC => video:H264, audio:AAC, audio:OPUS',
  )
  expect(problem.message).toBe(
    'This browser cannot play H265, and the camera sends H265 and AAC. It plays H264, AAC, Opus.',
  )
  expect(problem.remedy).toContain('Set the camera to H264')
  expect(problem.passing).toBe(false)
})

test('any other codec that does not fit names what is sent', () => {
  const { problem } = refusalOf('mse: streams: codecs not matched: video:JPEG => video:H264')
  expect(problem.message).toBe('This browser cannot play JPEG, and the camera sends JPEG. It plays H264.')
  expect(problem.remedy).toContain('second source')
})

test('a stream that is not there is not tried again by itself; a camera that does not answer is', () => {
  expect(refusalOf('mse: stream not found').problem).toEqual({
    message: 'The server has no stream of this name.',
    passing: false,
  })
  expect(refusalOf('mse: streams: dial tcp 10.0.0.1:554: i/o timeout').problem).toEqual({
    message: 'The camera gives no picture: dial tcp 10.0.0.1:554: i/o timeout.',
    passing: true,
  })
})

test('whatever the server says, there is a sentence', () => {
  fc.assert(fc.property(fc.string(), text => refusalOf(text).problem.message.length > 10))
})

test('a browser that refuses what it promised to play is named with the codec', () => {
  expect(refusedByBrowser('H265 + AAC').message).toBe('This browser cannot play H265 + AAC.')
})

test.each([
  ['mse: stream not found', 'mse'],
  ['webrtc/offer: streams: codecs not matched: video:H265 => video:VP8', 'webrtc'],
  ['mp4: streams: dial', 'mp4'],
  ['toString: x', undefined],
  ['no colon', undefined],
])('%s is about the way %s', (answer, way) => {
  expect(refusalOf(answer).way).toBe(way)
})

test('says beside other ways what the stream has and what the browser plays', () => {
  const answer =
    'webrtc/offer: streams: codecs not matched: video:H265, audio:PCMA => video:VP8, video:H264, audio:OPUS'
  expect(refusalOf(answer).reason).toBe('no codec in common (stream: H265, G.711; browser: VP8, H264, Opus)')
})

test('of several problems the one that lasts is told first', () => {
  const passing = { message: 'a', passing: true }
  expect(gravest([passing, noWay])).toBe(noWay)
  expect(gravest([passing])).toBe(passing)
  expect(gravest([])).toBeUndefined()
})
