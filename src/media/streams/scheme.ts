import type { CacheBudget } from '../core/gop-cache.ts'
import type { Producer } from '../core/producer.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SourceUrl } from './source-url.ts'

/**
 * RTP numbering that outlives a connection: the same stream's same track goes on counting when its
 * source comes back or another takes over.
 */
export interface RtpContinuity {
  readonly ssrc: number
  /** The sequence number the next packet leaves with. The producer advances it as packets go. */
  nextSequenceNumber: number
}

/** Something a source did that is worth explaining later: an answer that refused, a fallback, a mismatch. Plain data. */
export interface SourceNote {
  /** For programs: `setup_refused`, `transport_fallback`, `backchannel_refused`, `codec_mislabelled`, `redirected`, … */
  readonly code: string
  /** For people. */
  readonly message: string
  /** What varies: status, method, codec names. Never credentials. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
}

/** What a dial gets to work with. */
export interface DialContext {
  readonly clock: Clock
  readonly logger: Logger
  readonly budget: CacheBudget
  /** Gives the dial up when it aborts. */
  readonly signal: AbortSignal
  /** Numbering for the n-th track (from 0) of a kind. */
  continuity(kind: 'video' | 'audio', index: number): RtpContinuity
  /** Tells what happened on the way, now or later while it plays: it becomes part of the history. */
  note(note: SourceNote): void
}

/**
 * Who names a source: the configuration, whose owner may run programs here, or a request, which may come from
 * anybody who may watch.
 */
export type SourceOrigin = 'configuration' | 'request'

interface SchemeBase {
  readonly names: readonly string[]
  /** Runs programs: such URLs may come from the configuration only. */
  readonly trustedOnly: boolean
  /**
   * Throws `SourceNotSupportedError` when a source of this scheme cannot be meant, or must not come from there.
   * `within` names the stream it will be part of, which may not be there yet.
   */
  check(source: SourceUrl, origin: SourceOrigin, within?: string): void
}

/** Opens a connection: `rtsp:`, `demo:`. */
export interface DialingScheme extends SchemeBase {
  readonly kind: 'dial'
  /** Rejects with a `MediaError`. The producer is not started yet. */
  dial(source: SourceUrl, context: DialContext): Promise<Producer>
}

/** Knows only where the media is: `ffmpeg:`, `echo:`, `onvif:`. The answer is dialed in its place. */
export interface ResolvingScheme extends SchemeBase {
  readonly kind: 'resolve'
  resolve(source: SourceUrl, context: DialContext): Promise<SourceUrl>
}

/** How to get media from one kind of URL. */
export type Scheme = DialingScheme | ResolvingScheme
