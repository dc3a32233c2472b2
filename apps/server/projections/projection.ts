import type { Recorded } from '../events/event-store.ts'

/** Events folded into a table that answers one question. Uses the event's time, never the clock, so that a rebuild gives the same table. */
export interface Projection {
  readonly name: string
  /** Raised when the table would come out differently: it is then rebuilt at the next start. */
  readonly version: number
  /** Takes one event in, in the transaction that appends it. */
  apply(recorded: Recorded): void
  /** Empties the table. */
  clear(): void
}
