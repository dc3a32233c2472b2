import SchemaBuilder from '@pothos/core'
import type {
  ConfiguredStream,
  EventPage,
  LinkedFileStatus,
  RecordedEvent,
  StreamDifference,
  StreamRecord,
} from '../commands/control-plane.ts'
import type { ChangeResult, ImportNote, ImportResult } from './change-result.ts'
import type { GraphQLContext, ListenerInfo } from './graphql-context.ts'
import type { Cause, LiveProbe, LiveSource, LiveStream, LiveTrack, LiveViewer } from './live.ts'

/** A stream's status by its id: what runs now, or nothing. */
export interface StatusRef {
  readonly id: string
  readonly live: LiveStream | undefined
}

/** The configuration changed: its events, and the streams they touched as they are now. */
export interface ConfigurationChanged {
  readonly kind: 'ConfigurationChanged'
  readonly position: number
  readonly events: readonly RecordedEvent[]
  readonly streams: readonly StreamRecord[]
  readonly removed: readonly string[]
}

/** Streams to show anew. */
export interface StatusChanged {
  readonly kind: 'StatusChanged'
  readonly statuses: readonly StatusRef[]
}

/** The types that stand behind the schema's. */
interface SchemaTypes {
  Context: GraphQLContext
  DefaultFieldNullability: false
  Scalars: { JSON: { Input: unknown; Output: unknown } }
  Objects: {
    ChangeResult: ChangeResult
    ConfigurationChanged: ConfigurationChanged
    ConfiguredStream: ConfiguredStream
    Event: RecordedEvent
    EventPage: EventPage
    ImportNote: ImportNote
    ImportResult: ImportResult
    LinkedFile: LinkedFileStatus
    Listener: ListenerInfo
    ProbeResult: LiveProbe
    Problem: Cause
    Source: LiveSource
    StatusChanged: StatusChanged
    Stream: StreamRecord
    StreamDifference: StreamDifference
    StreamStatus: StatusRef
    System: Record<string, never>
    Track: LiveTrack
    Viewer: LiveViewer
  }
}

/** A schema in the making. */
export const newBuilder = () => {
  const builder = new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false })
  builder.scalarType('JSON', {
    description: "A configuration event's data and other free-form JSON, as text that parses.",
    serialize: value => JSON.stringify(value),
    parseValue: value => value,
  })
  return builder
}

/** What the parts of the schema add their types to. */
export type Builder = ReturnType<typeof newBuilder>
