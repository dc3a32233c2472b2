/** Where a viewer's session stands. `described`: its stream is being watched, and it knows the tracks. */
export type SessionState = 'init' | 'described' | 'ready' | 'playing'

/** Requests that change it. */
export type SessionMethod = 'DESCRIBE' | 'SETUP' | 'PLAY' | 'PAUSE' | 'TEARDOWN'

/** RFC 2326 appendix A.2, with a state for what is known after DESCRIBE. A method missing from a row gets a 455. */
const transitions = {
  init: { DESCRIBE: 'described', TEARDOWN: 'init' },
  described: { DESCRIBE: 'described', SETUP: 'ready', TEARDOWN: 'init' },
  ready: { DESCRIBE: 'ready', SETUP: 'ready', PLAY: 'playing', PAUSE: 'ready', TEARDOWN: 'init' },
  playing: { PLAY: 'playing', PAUSE: 'ready', TEARDOWN: 'init' },
} as const satisfies Record<SessionState, Partial<Record<SessionMethod, SessionState>>>

/** Where a method leads from a state; `undefined` when it is not valid there. */
export const nextState = (state: SessionState, method: SessionMethod): SessionState | undefined => {
  const row: Partial<Record<SessionMethod, SessionState>> = transitions[state]
  return row[method]
}
