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

/** What a dial gets to work with. */
export interface DialContext {
  readonly clock: Clock
  readonly logger: Logger
  readonly budget: CacheBudget
  /** Gives the dial up when it aborts. */
  readonly signal: AbortSignal
  /** Numbering for the n-th track (from 0) of a kind. */
  continuity(kind: 'video' | 'audio', index: number): RtpContinuity
}

interface SchemeBase {
  readonly names: readonly string[]
  /** Runs programs: such URLs may come from the configuration only. */
  readonly trustedOnly: boolean
  /** Throws `SourceNotSupportedError` when a source of this scheme cannot be meant. */
  check(source: SourceUrl): void
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
