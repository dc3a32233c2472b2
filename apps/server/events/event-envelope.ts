/** An event of any kind, as the log keeps it. */
export interface AnyEvent {
  readonly type: string
  readonly data: unknown
}

/** What the log adds to an event: where, who, why, when. */
export interface EventEnvelope<Event extends AnyEvent = AnyEvent> {
  /** Place in the whole log. */
  readonly position: number
  readonly streamId: string
  /** Place in the history of the thing it is about, from 1. */
  readonly version: number
  readonly event: Event
  readonly actor: string
  readonly correlationId: string
  readonly causationId: string | undefined
  readonly nodeId: string
  /** Unix milliseconds. */
  readonly at: number
}

/** What the one who appends says about a change set. */
export interface AppendContext {
  readonly actor: string
  readonly correlationId: string
  readonly causationId?: string
  /** Unix milliseconds. */
  readonly at: number
}
