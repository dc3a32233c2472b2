import type { StreamEvent } from '../domain/stream/stream-events.ts'
import type { AnyEvent } from './event-envelope.ts'
import { UnreadableEventError } from './unreadable-event-error.ts'
import { type Upcaster, upcast } from './upcast.ts'

/** How one type of event is read: what its data must be, and how older versions become the newest. */
interface CatalogueEntry<Data> {
  /** Oldest first; the newest schema version is one more than their number. */
  readonly upcasters: readonly Upcaster[]
  isData(data: unknown): data is Data
}

type Catalogue<Event extends AnyEvent> = {
  readonly [Type in Event['type']]: CatalogueEntry<Extract<Event, { type: Type }>['data']>
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

/** Every type of event there is, with the shape of its newest version. */
const catalogue: Catalogue<StreamEvent> = {
  StreamAdded: {
    upcasters: [],
    isData: (data): data is { name: string; sources: readonly string[] } =>
      isRecord(data) && typeof data['name'] === 'string' && isTextList(data['sources']),
  },
  StreamRenamed: {
    upcasters: [],
    isData: (data): data is { from: string; to: string } =>
      isRecord(data) && typeof data['from'] === 'string' && typeof data['to'] === 'string',
  },
  StreamSourcesChanged: {
    upcasters: [],
    isData: (data): data is { sources: readonly string[] } => isRecord(data) && isTextList(data['sources']),
  },
  StreamPreloaded: {
    upcasters: [],
    isData: (data): data is { query: string } => isRecord(data) && typeof data['query'] === 'string',
  },
  StreamPreloadEnded: { upcasters: [], isData: (data): data is Record<never, never> => isRecord(data) },
  StreamRemoved: { upcasters: [], isData: (data): data is Record<never, never> => isRecord(data) },
}

const isKnown = (type: string): type is StreamEvent['type'] => Object.hasOwn(catalogue, type)

/** The schema version in which events of a type are written today. */
export const schemaVersionOf = (type: StreamEvent['type']): number => catalogue[type].upcasters.length + 1

/** An entry of the log as an event of today. Throws `UnreadableEventError`, with a sentence. */
export const readEvent = (type: string, schemaVersion: number, json: string): StreamEvent => {
  if (!isKnown(type))
    throw new UnreadableEventError(
      `the log holds an event ${type}, which this Sightline does not know: it is older than the log`,
    )
  const entry = catalogue[type]
  const data = upcast(type, parse(type, json), schemaVersion, entry.upcasters)
  if (!entry.isData(data)) throw new UnreadableEventError(`the log holds a ${type} whose data is not what it must be`)
  return { type, data } as StreamEvent
}

const parse = (type: string, json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new UnreadableEventError(`the log holds a ${type} that is not JSON`, { cause: error })
  }
}
