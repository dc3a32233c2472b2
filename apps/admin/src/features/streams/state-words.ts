import type { StreamState } from '../../api/documents.ts'
import type { Tone } from '../../ui/Signal.svelte'

/** How each state of a stream or a source is shown. */
export const stateWords = {
  IDLE: { tone: 'quiet', word: 'Idle', meaning: 'Nobody watches, so its camera is not dialed.' },
  CONNECTING: { tone: 'busy', word: 'Connecting', meaning: 'A source is being dialed.' },
  LIVE: { tone: 'good', word: 'Live', meaning: 'Pictures arrive.' },
  RECONNECTING: { tone: 'warn', word: 'Reconnecting', meaning: 'Pictures stopped; it is being dialed again.' },
  PAUSED: { tone: 'bad', word: 'Stopped', meaning: 'It is not tried again until something changes.' },
  FAILED: { tone: 'bad', word: 'Failed', meaning: 'No source could serve the last viewer.' },
} as const satisfies Record<StreamState, { tone: Tone; word: string; meaning: string }>

/** Whether somebody should look at it. */
export const isTroubled = (state: StreamState): boolean =>
  state === 'RECONNECTING' || state === 'PAUSED' || state === 'FAILED'
