import {
  ConfigAtQuery,
  type ConfiguredStream,
  DiffQuery,
  EventsQuery,
  type LogEvent,
  type StreamDifference,
  type Viewer,
  ViewersQuery,
} from './documents.ts'
import { request } from './request.ts'

/** Which part of the log. */
export interface EventsPage {
  /** Exclusive. */
  readonly before?: number
  readonly first: number
  readonly streamId?: string
}

/** A page of the log, newest first. */
export const readEvents = async ({
  before,
  first,
  streamId,
}: EventsPage): Promise<{ events: readonly LogEvent[]; hasMore: boolean }> =>
  (await request(EventsQuery, { before: before ?? null, first, streamId: streamId ?? null })).events

/** The configuration as it stood at a revision. */
export const readConfigAt = async (position: number): Promise<readonly ConfiguredStream[]> =>
  (await request(ConfigAtQuery, { position })).configAt

/** What changed from one revision to another. */
export const readDifferences = async (from: number, to: number): Promise<readonly StreamDifference[]> =>
  (await request(DiffQuery, { from, to })).diff

/** Who watches a stream now; `undefined` when there is no such stream. */
export async function readViewers(name: string, signal: AbortSignal): Promise<readonly Viewer[] | undefined> {
  const { stream } = await request(ViewersQuery, { name }, signal)
  return stream?.status.viewers
}
