export type { EngineFact, FactCause, SourceState } from './engine-facts.ts'
export type { EngineOptions, RtspServerOptions } from './engine-options.ts'
export { createEngine, type Engine, type MseRequest, type ProbeResult } from './engine.ts'
export type { MessageSink, Sink } from './core/sink.ts'
export type { Consumer } from './core/consumer.ts'
export { describeError, MediaError } from './runtime/errors.ts'
export type { LogFields, Logger } from './runtime/logger.ts'
export type { CloseReason } from './runtime/lifetime.ts'
export { parseSourceUrl, schemeOf, type SourceUrl, SourceNotSupportedError } from './streams/source-url.ts'
export type { StreamDefinition } from './streams/stream-definition.ts'
export type {
  CodecJson,
  ConnectionSnapshot,
  ConsumerSnapshot,
  ReceiverSnapshot,
  SenderSnapshot,
  SourceSnapshot,
  StreamSnapshot,
  StreamState,
  TrackSnapshot,
} from './streams/stream-snapshot.ts'
