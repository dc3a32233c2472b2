import { type Way, wayName } from './ways.ts'

/** What became of one way. `won` is the one that plays; `lost` worked and another was better. */
export type AttemptState = 'trying' | 'won' | 'lost' | 'failed' | 'passed over'

/** One way of a connection, as people read it. */
export interface Attempt {
  readonly way: Way
  readonly state: AttemptState
  /** Why, where there is something to say: a phrase without a full stop. */
  readonly reason: string
}

/** One attempt as a line of text: `WebRTC failed: no codec in common (…)`. */
export const attemptInWords = ({ way, state, reason }: Attempt): string => {
  const verb = {
    trying: 'is tried',
    won: 'plays',
    lost: 'was put aside',
    failed: 'failed',
    'passed over': 'was not tried',
  }
  return `${wayName(way)} ${verb[state]}${reason === '' ? '' : `: ${reason}`}`
}

/** What one connection tried: at most one entry a way, in the order they were begun. Tells whoever wants to know. */
export class AttemptList {
  readonly #changed: () => void
  #entries: readonly Attempt[] = []

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Never the same array with other contents. */
  get entries(): readonly Attempt[] {
    return this.#entries
  }

  /** The ones that may still come to something. */
  get open(): readonly Way[] {
    return this.#entries.filter(({ state }) => state === 'trying').map(({ way }) => way)
  }

  get winner(): Way | undefined {
    return this.#entries.find(({ state }) => state === 'won')?.way
  }

  /** What is known of a way from now on. */
  set(way: Way, state: AttemptState, reason = ''): void {
    const entry = { way, state, reason }
    const known = this.#entries.some(one => one.way === way)
    this.#entries = known ? this.#entries.map(one => (one.way === way ? entry : one)) : [...this.#entries, entry]
    this.#changed()
  }

  /** Another connection begins. */
  clear(): void {
    this.#entries = []
    this.#changed()
  }
}
