/**
 * Where a session stands. `described`: its stream is being watched, and it knows the tracks;
 * `announced`: it has told what it will publish.
 */
export type SessionState = 'init' | 'described' | 'ready' | 'playing' | 'announced' | 'armed' | 'recording'

/** Requests that change it. */
export type SessionMethod = 'DESCRIBE' | 'ANNOUNCE' | 'SETUP' | 'PLAY' | 'RECORD' | 'PAUSE' | 'TEARDOWN'

/** RFC 2326 appendix A.2, with states for what is known after DESCRIBE and ANNOUNCE. A method missing from a row gets a 455. */
const transitions = {
  init: { DESCRIBE: 'described', ANNOUNCE: 'announced', TEARDOWN: 'init' },
  described: { DESCRIBE: 'described', SETUP: 'ready', TEARDOWN: 'init' },
  ready: { DESCRIBE: 'ready', SETUP: 'ready', PLAY: 'playing', PAUSE: 'ready', TEARDOWN: 'init' },
  playing: { PLAY: 'playing', PAUSE: 'ready', TEARDOWN: 'init' },
  announced: { SETUP: 'armed', TEARDOWN: 'init' },
  armed: { SETUP: 'armed', RECORD: 'recording', TEARDOWN: 'init' },
  recording: { RECORD: 'recording', TEARDOWN: 'init' },
} as const satisfies Record<SessionState, Partial<Record<SessionMethod, SessionState>>>

/** Where a method leads from a state; `undefined` when it is not valid there. */
export const nextState = (state: SessionState, method: SessionMethod): SessionState | undefined => {
  const row: Partial<Record<SessionMethod, SessionState>> = transitions[state]
  return row[method]
}
