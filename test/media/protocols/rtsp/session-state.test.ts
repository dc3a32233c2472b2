import { expect, test } from 'vitest'
import { nextState, type SessionMethod, type SessionState } from '#media/protocols/rtsp/session-state.ts'

const rows: readonly (readonly [SessionState, SessionMethod, SessionState | undefined])[] = [
  ['init', 'DESCRIBE', 'described'],
  ['init', 'SETUP', undefined],
  ['init', 'PLAY', undefined],
  ['init', 'TEARDOWN', 'init'],
  ['described', 'SETUP', 'ready'],
  ['described', 'PLAY', undefined],
  ['described', 'PAUSE', undefined],
  ['ready', 'SETUP', 'ready'],
  ['ready', 'DESCRIBE', 'ready'],
  ['ready', 'PLAY', 'playing'],
  ['playing', 'PLAY', 'playing'],
  ['playing', 'PAUSE', 'ready'],
  ['playing', 'SETUP', undefined],
  ['playing', 'TEARDOWN', 'init'],
  ['init', 'ANNOUNCE', 'announced'],
  ['init', 'RECORD', undefined],
  ['announced', 'RECORD', undefined],
  ['announced', 'SETUP', 'armed'],
  ['armed', 'RECORD', 'recording'],
  ['armed', 'PLAY', undefined],
  ['recording', 'ANNOUNCE', undefined],
  ['recording', 'TEARDOWN', 'init'],
  ['playing', 'RECORD', undefined],
]

test.each(rows)('a session that is %s and asked to %s is then %s', (state, method, next) => {
  expect(nextState(state, method)).toBe(next)
})
