import { type Clock, systemClock } from '#media/runtime/clock.ts'
import { type Logger, silentLogger } from '#media/runtime/logger.ts'
import type { DialContext, SourceNote } from '#media/streams/scheme.ts'

/** What a dial gets to work with, outside an engine: numbering from 1, and a cache that is large enough. */
export const dialContext = (
  given: { clock?: Clock; logger?: Logger; signal?: AbortSignal; notes?: SourceNote[] } = {},
): DialContext => ({
  clock: given.clock ?? systemClock,
  logger: given.logger ?? silentLogger,
  signal: given.signal ?? new AbortController().signal,
  budget: { bytesMax: 1e9, bytesUsed: 0 },
  continuity: (kind, index) => ({ ssrc: (kind === 'video' ? 100 : 200) + index, nextSequenceNumber: 1 }),
  note: note => void given.notes?.push(note),
})
