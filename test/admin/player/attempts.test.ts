// @vitest-environment node
import { expect, test } from 'vitest'
import { AttemptList, attemptInWords } from '../../../apps/admin/src/player/attempts.ts'

test('remembers one entry a way, in the order they were begun, and tells of each change', () => {
  let changes = 0
  const list = new AttemptList(() => changes++)
  list.set('webrtc', 'trying')
  const before = list.entries
  list.set('mse', 'trying')
  list.set('webrtc', 'failed', 'no codec in common')
  expect([list.open, list.winner]).toEqual([['mse'], undefined])
  list.set('mse', 'won')
  expect([list.open, list.winner, changes]).toEqual([[], 'mse', 4])
  expect(before).toEqual([{ way: 'webrtc', state: 'trying', reason: '' }])
  expect(list.entries.map(attemptInWords)).toEqual(['WebRTC failed: no codec in common', 'MSE plays'])
  list.clear()
  expect(list.entries).toEqual([])
})
