import { HIDDEN, showTemplate } from '../config/secret-template.ts'
import { stream } from '../domain/stream/stream.ts'
import type { EventStore, Recorded } from '../events/event-store.ts'
import type { RecordedEvent } from './control-plane.ts'

/** An entry of the log for people and programs outside: secrets hidden. */
export const showEvent = (recorded: Recorded, streamName: string): RecordedEvent => ({
  position: recorded.position,
  streamId: recorded.streamId,
  version: recorded.version,
  type: recorded.event.type,
  data: hideSecrets(recorded.event.data) as RecordedEvent['data'],
  streamName: showTemplate(streamName),
  actor: recorded.actor,
  correlationId: recorded.correlationId,
  at: recorded.at,
})

/** Entries of the log with the name that each one's stream had then. */
export const showEvents = (store: EventStore, recorded: readonly Recorded[]): readonly RecordedEvent[] => {
  const newest = new Map<string, number>()
  for (const { streamId, version } of recorded) newest.set(streamId, Math.max(version, newest.get(streamId) ?? 0))
  const namings = new Map([...newest].map(([id, version]) => [id, store.readNaming(id, version)]))
  return recorded.map(entry => showEvent(entry, nameAt(namings.get(entry.streamId) ?? [], entry.version)))
}

const nameAt = (namings: readonly Recorded[], version: number): string => {
  const naming = namings.findLast(entry => entry.version <= version)
  const state = naming && stream.evolve({ status: 'present', name: '', sources: [] }, naming.event)
  return state === undefined || state.status === 'absent' ? HIDDEN : state.name
}

const hideSecrets = (value: unknown): unknown => {
  if (typeof value === 'string') return showTemplate(value)
  if (Array.isArray(value)) return value.map(hideSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hideSecrets(inner)]))
}
