// @vitest-environment node
import { expect, test } from 'vitest'
import { type PlayerStatus, statusSentence, statusWord } from '../../../apps/admin/src/player/player-status.ts'

const problem = { message: 'No way through.', passing: true }

test.each<[PlayerStatus, string, string]>([
  [{ state: 'idle' }, 'paused', ''],
  [{ state: 'connecting' }, 'loading', 'Connecting to the camera…'],
  [{ state: 'waiting' }, 'loading', 'Waiting for the first full picture…'],
  [{ state: 'playing', way: 'webrtc' }, 'RTC', ''],
  [{ state: 'playing', way: 'mjpeg' }, 'MJPEG', ''],
  [{ state: 'reconnecting', problem: undefined }, 'loading', 'Reconnecting…'],
  [{ state: 'reconnecting', problem }, 'error', 'No way through.'],
  [{ state: 'failed', problem }, 'error', 'No way through.'],
])('%j is %s', (status, word, sentence) => {
  expect([statusWord(status), statusSentence(status)]).toEqual([word, sentence])
})
