import { expect, test } from 'vitest'
import { Playback } from '../../../apps/admin/src/player/playback.ts'

function session() {
  return {
    bytes: 0,
    closed: 0,
    close() {
      this.closed++
    },
  }
}

test('the winner puts all others aside, and says why', () => {
  const playback = new Playback(() => {})
  const [webrtc, mse] = [session(), session()]
  playback.begin()
  playback.start('webrtc', webrtc)
  playback.start('mse', mse)
  playback.agreed('mse', 'H264')
  expect(playback.status.state).toBe('waiting')
  playback.shows('mse')
  const first = playback.firstFrameMs
  expect(playback.showing).toEqual({ way: 'mse', session: mse, codecs: 'H264' })
  playback.won('webrtc', 'WebRTC has the same with less delay')
  playback.shows('webrtc')
  expect([webrtc.closed, mse.closed, playback.firstFrameMs]).toEqual([0, 1, first])
  expect(playback.attempts.entries).toEqual([
    { way: 'webrtc', state: 'won', reason: '' },
    { way: 'mse', state: 'lost', reason: 'WebRTC has the same with less delay' },
  ])
})

test('what failed is told by the gravest, and forgotten with the next connection', () => {
  const playback = new Playback(() => {})
  playback.begin()
  playback.start('webrtc', session())
  playback.start('mse', session())
  playback.failed('webrtc', { message: 'No way through.', passing: true }, 'no way')
  playback.failed('mse', { message: 'No H265.', passing: false }, 'no codec')
  expect([playback.problem.message, playback.attempts.open]).toEqual(['No H265.', []])
  playback.begin()
  expect([playback.attempts.entries, playback.problem.passing]).toEqual([[], false])
  expect(playback.problem.message).toContain('any of the ways')
})

test('a way that begins again, and the end, close what was', () => {
  const playback = new Playback(() => {})
  const [one, other] = [session(), session()]
  playback.start('mse', one)
  playback.start('mse', other)
  playback.end()
  expect([one.closed, other.closed, playback.session('mse')]).toEqual([1, 1, undefined])
})
