import type { Clock } from '../runtime/clock.ts'
import { describeError, TimedOutError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { millis } from '../runtime/units.ts'
import type { SchemeRegistry } from './scheme-registry.ts'
import { snapshotTracks } from './snapshot-stream.ts'
import type { SourceUrl } from './source-url.ts'
import type { FactCause } from './stream-facts.ts'
import type { TrackSnapshot } from './stream-snapshot.ts'

/** Milliseconds a probe may take: twice what a dial may. */
const PROBE_MS_MAX = 10_000

/** What a source answered when it was dialed once. */
export interface ProbeResult {
  readonly tracks: readonly TrackSnapshot[]
  readonly tookMs: number
  readonly problem?: FactCause
}

/** What a probe needs. */
export interface ProbeOptions {
  readonly source: SourceUrl
  /** Gives it up when it aborts. */
  readonly signal: AbortSignal
  readonly schemes: SchemeRegistry
  readonly clock: Clock
  readonly logger: Logger
}

/** Dials a source, looks at what it offers and lets it go. Never rejects: what went wrong is in the answer. */
export const probeSource = async (options: ProbeOptions): Promise<ProbeResult> => {
  const { source, schemes, clock, logger } = options
  const begun = clock.now()
  const late = new AbortController()
  const timer = clock.after(millis(PROBE_MS_MAX), () => late.abort(new TimedOutError('the source', PROBE_MS_MAX)))
  try {
    const producer = await schemes.dial(source, {
      clock,
      logger,
      budget: { bytesMax: 0, bytesUsed: 0 },
      signal: AbortSignal.any([options.signal, late.signal]),
      continuity: () => ({ ssrc: 0, nextSequenceNumber: 0 }),
      note: () => {},
    })
    const tracks = snapshotTracks(producer.medias)
    producer.close()
    return { tracks, tookMs: clock.now() - begun }
  } catch (error) {
    return {
      tracks: [],
      tookMs: clock.now() - begun,
      problem: describeError(late.signal.aborted ? late.signal.reason : error),
    }
  } finally {
    timer[Symbol.dispose]()
  }
}
