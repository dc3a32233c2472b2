import type { Consumer } from './core/consumer.ts'
import type { MessageSink } from './core/sink.ts'
import type { EngineFact, FactCause } from './engine-facts.ts'
import type { EngineOptions } from './engine-options.ts'
import type { SourceUrl } from './streams/source-url.ts'
import type { StreamDefinition } from './streams/stream-definition.ts'
import type { StreamSnapshot, TrackSnapshot } from './streams/stream-snapshot.ts'

/** A viewer that asks for fragmented MP4 over a WebSocket. */
export interface MseRequest {
  /** Codec strings the browser can play, comma separated, as `video-rtc.js` sends them; empty: H264, H265 and AAC. */
  readonly codecs: string
  readonly remoteAddress: string
  readonly userAgent: string
  /** Gets `tell('mse', mimeType)` once, then binary messages: initialization, then fragments. */
  readonly sink: MessageSink
}

/** What a source answered when it was dialed once. */
export interface ProbeResult {
  readonly tracks: readonly TrackSnapshot[]
  readonly tookMs: number
  readonly problem?: FactCause
}

/** Moves media. Is told what should exist, obeys at once, and reports facts; knows no database and no configuration. */
export interface Engine extends AsyncDisposable {
  /** Makes a stream what it should be: adds it, renames it, changes its sources. Saying it again changes nothing. */
  setStream(definition: StreamDefinition): void
  /** Ends a stream with its viewers; an unknown id changes nothing. */
  removeStream(id: string): void
  /** All streams, in the order they were added. */
  streams(): readonly StreamSnapshot[]
  streamByName(name: string): StreamSnapshot | undefined
  streamById(id: string): StreamSnapshot | undefined
  /** Media bytes received by a stream's sources since it was set; cheap: for bitrates. */
  receivedBytes(id: string): number
  /** Watches a stream by name. Rejects with a `MediaError`: unknown stream, no source could be dialed, no codec in common. */
  openMse(streamName: string, request: MseRequest): Promise<Consumer>
  /** Dials a source without keeping it. Never rejects: what went wrong is in the answer. Gives up after 10 s or with `signal`. */
  probe(source: SourceUrl, signal: AbortSignal): Promise<ProbeResult>
  /** Schemes that a source may begin with. */
  readonly schemes: readonly string[]
  /** Checks a source as written. Throws `SourceNotSupportedError`. */
  checkSource(source: string): SourceUrl
  /** Tells every fact from now on. Dispose to stop. */
  onFact(listener: (fact: EngineFact) => void): Disposable
  /** Binds the listeners. An address that cannot be bound is in the answer, not thrown. */
  listen(): Promise<readonly ListenerState[]>
}

/** One listener of the engine: `address` is empty when it is off or could not be bound. */
export interface ListenerState {
  readonly name: 'rtsp'
  readonly address: string
  readonly problem?: FactCause
}

/** Makes an engine; nothing listens yet. */
export const createEngine = (_options: EngineOptions): Engine => {
  throw new TypeError('not yet')
}
