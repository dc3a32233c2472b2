import type { Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import type { Millis } from '../runtime/units.ts'
import type { FactCause, SourceState } from './stream-facts.ts'

/** One of a stream's sources as the stream sees it: one that is dialed, or one that somebody publishes. */
export interface StreamSource extends Disposable {
  /** As configured, credentials included; what is published says where it was published. */
  readonly url: string
  /** It came by itself: nobody can dial it, and nobody lets it go. */
  readonly published: boolean
  readonly state: SourceState
  readonly cause: FactCause | undefined
  /** Milliseconds until the next try, when one is planned. */
  readonly retryIn: Millis | undefined
  /** The connection, while it is live. */
  readonly producer: Producer | undefined
  /** What it offers, or offered last. */
  readonly medias: readonly Media[]
  /** Media bytes received since the beginning, over all connections. */
  readonly receivedBytes: number
  /** The connection, dialed if it can be. Rejects with a `MediaError` when it cannot be had now. */
  demand(): Promise<Producer>
  /** Keeps trying although it just failed: viewers wait for it. */
  insist(cause: FactCause): void
  /** Lets the connection go, when nobody wants it. */
  release(): void
  /** Lets media flow; the first call counts. Rejects with a `MediaError`. */
  start(): Promise<void>
}
