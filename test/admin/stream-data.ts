import type { LogEvent, Stream, StreamStatus, System } from '../../apps/admin/src/api/documents.ts'

/** A stream's status as the server would tell it, with what a test cares about. */
export const statusOf = (id: string, status: Partial<StreamStatus> = {}): StreamStatus => ({
  id,
  state: 'IDLE',
  viewerCount: 0,
  bitsPerSecond: 0,
  problem: null,
  sources: [],
  ...status,
})

/** A stream as the server would tell it; its id is its name. */
export const streamOf = (
  name: string,
  status: Partial<StreamStatus> = {},
  sources: readonly string[] = [`rtsp://10.0.0.1/${name}`],
): Stream & { status: StreamStatus } => ({
  id: name,
  name,
  sources: [...sources],
  preload: null,
  position: 1,
  updatedAt: 0,
  status: statusOf(name, status),
})

/** The server itself, in order. */
export const systemAt = (position: number, system: Partial<System> = {}): System => ({
  version: '0.1.0',
  startedAt: 0,
  memoryBytes: 1e8,
  listeners: [],
  linkedFile: { path: null, state: 'NONE', message: null, line: null, column: null },
  schemes: ['rtsp', 'demo'],
  position,
  ...system,
})

/** An entry of the log. */
export const eventAt = (position: number, event: Partial<LogEvent> = {}): LogEvent => ({
  position,
  streamId: 'porch',
  streamName: 'porch',
  type: 'StreamAdded',
  summary: 'porch: added',
  data: '{}',
  actor: 'admin',
  correlationId: `change-${position}`,
  at: position * 1000,
  ...event,
})
