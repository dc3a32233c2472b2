import { fold } from '../domain/decider.ts'
import { type StreamState, stream } from '../domain/stream/stream.ts'
import type { EventStore } from '../events/event-store.ts'

/** States that are remembered: more streams than are changed at a time; each is a name and a few sources. */
const REMEMBERED_MAX = 1024

/** What a history adds up to, and how long it is. */
export interface VersionedState {
  readonly state: StreamState
  readonly version: number
}

/**
 * What each stream's history adds up to. A stream that is changed often costs its new events only; the log stays the
 * truth. What is noted in a transaction counts for it alone until it is committed: an order that fails leaves nothing.
 */
export class StreamStates {
  readonly #store: EventStore
  /** Least recently used first. */
  readonly #remembered = new Map<string, VersionedState>()
  readonly #noted = new Map<string, VersionedState>()

  constructor(store: EventStore) {
    this.#store = store
  }

  /** As it is in the present transaction. */
  read(streamId: string): VersionedState {
    const known = this.#noted.get(streamId) ?? this.#remembered.get(streamId) ?? { state: stream.initial, version: 0 }
    const later = this.#store.load(streamId, known.version)
    if (later.length === 0) return known
    const state = fold(
      { ...stream, initial: known.state },
      later.map(({ event }) => event),
    )
    return { state, version: later.at(-1)!.version }
  }

  /** The present transaction has brought it this far. */
  note(streamId: string, state: VersionedState): void {
    this.#noted.set(streamId, state)
  }

  /** What was noted is in the log now. */
  committed(): void {
    for (const [streamId, state] of this.#noted) {
      this.#remembered.delete(streamId)
      this.#remembered.set(streamId, state)
    }
    this.#noted.clear()
    for (const streamId of this.#remembered.keys()) {
      if (this.#remembered.size <= REMEMBERED_MAX) return
      this.#remembered.delete(streamId)
    }
  }

  /** What was noted never happened. */
  rolledBack(): void {
    this.#noted.clear()
  }
}
