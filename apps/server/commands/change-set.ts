import type { SqliteDatabase } from '../database/open-database.ts'
import { DomainRefusal } from '../domain/errors.ts'
import { type StreamState, stream } from '../domain/stream/stream.ts'
import type { StreamCommand } from '../domain/stream/stream-commands.ts'
import { PRELOADS_MAX } from '../domain/stream/stream-preload.ts'
import { STREAMS_MAX } from '../domain/stream/stream-sources.ts'
import type { AppendContext } from '../events/event-envelope.ts'
import type { EventStore, Recorded } from '../events/event-store.ts'
import type { Projection } from '../projections/projection.ts'
import {
  countPreloads,
  countStreams,
  findStreamById,
  findStreamByName,
} from '../projections/stream-list/stream-list-queries.ts'
import type { RecordedEvent } from './control-plane.ts'
import { showEvent } from './recorded-event.ts'
import type { StreamStates } from './stream-states.ts'

/** What a change set is written with. */
export interface ChangeSetParts {
  readonly database: SqliteDatabase
  readonly store: EventStore
  readonly projections: readonly Projection[]
  readonly states: StreamStates
}

/** The events of one order: decided, appended and projected one after another, in one transaction of the caller's. */
export class ChangeSet {
  readonly #parts: ChangeSetParts
  readonly #context: AppendContext
  readonly #events: RecordedEvent[] = []

  constructor(parts: ChangeSetParts, context: AppendContext) {
    this.#parts = parts
    this.#context = context
  }

  /** What it has brought so far. */
  get events(): readonly RecordedEvent[] {
    return this.#events
  }

  /** Shared by its events. */
  get correlationId(): string {
    return this.#context.correlationId
  }

  /** Lets one stream decide on an order; names are unique among streams. */
  decide(streamId: string, command: StreamCommand): void {
    this.#checkAmongStreams(streamId, command)
    const { store, states } = this.#parts
    const { state, version } = states.read(streamId)
    const decided = stream.decide(command, state)
    if (decided.length === 0) return
    const after = this.#record(state, store.append(streamId, version, decided, this.#context))
    states.note(streamId, { state: after, version: version + decided.length })
  }

  #record(before: StreamState, appended: readonly Recorded[]): StreamState {
    let state = before
    for (const recorded of appended) {
      for (const projection of this.#parts.projections) projection.apply(recorded)
      state = stream.evolve(state, recorded.event)
      this.#events.push(showEvent(recorded, state.status === 'absent' ? '' : state.name))
    }
    return state
  }

  #checkAmongStreams(streamId: string, command: StreamCommand): void {
    const { database } = this.#parts
    if (command.type === 'AddStream' && countStreams(database) >= STREAMS_MAX)
      throw new DomainRefusal('too_many', `there are ${STREAMS_MAX} streams already`)
    if (command.type === 'SetPreload' && command.query !== null) this.#checkPreloads(streamId)
    const name = command.type === 'AddStream' ? command.name : command.type === 'RenameStream' ? command.to : undefined
    if (name === undefined) return
    const owner = findStreamByName(database, name)
    if (owner !== undefined && owner.id !== streamId)
      throw new DomainRefusal('name_taken', `the name ${name} is used by another stream`)
  }

  #checkPreloads(streamId: string): void {
    const { database } = this.#parts
    if (findStreamById(database, streamId)?.preload !== undefined || countPreloads(database) < PRELOADS_MAX) return
    throw new DomainRefusal('too_many', `there are ${PRELOADS_MAX} streams already that run without viewers`)
  }
}
