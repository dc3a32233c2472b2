import { and, asc, desc, eq, gt, inArray, lt, lte, max, sql } from 'drizzle-orm'
import type { SqliteDatabase } from '../database/open-database.ts'
import type { StreamEvent } from '../domain/stream/stream-events.ts'
import { readEvent, schemaVersionOf } from './event-catalogue.ts'
import type { AppendContext, EventEnvelope } from './event-envelope.ts'
import { events } from './events.table.ts'

/** Events read from the disk at a time when the whole log is folded. */
const READ_BATCH_EVENTS = 1000

/** A recorded event of the domain. */
export type Recorded = EventEnvelope<StreamEvent>

/** Somebody else has appended to the same event stream since it was read. */
export class ConcurrencyError extends Error {
  override readonly name = 'ConcurrencyError'
  readonly code = 'conflict'
}

/** Which part of the log, newest first. */
export interface LogPage {
  /** Exclusive. */
  readonly before?: number
  readonly count: number
  readonly streamId?: string
}

/** The append-only log in SQLite. Nothing of SQLite leaks out of it. */
export class EventStore {
  readonly #database: SqliteDatabase
  readonly #nodeId: string
  readonly #statements: Statements

  constructor(database: SqliteDatabase, nodeId: string) {
    this.#database = database
    this.#nodeId = nodeId
    this.#statements = prepare(database)
  }

  /** Of the newest event; 0 when there is none. */
  get position(): number {
    return this.#statements.position.get()?.position ?? 0
  }

  /**
   * Appends to one event stream, in the caller's transaction. Throws `ConcurrencyError` unless the
   * event stream is at `expectedVersion`; 0: it does not exist.
   */
  append(
    streamId: string,
    expectedVersion: number,
    decided: readonly StreamEvent[],
    context: AppendContext,
  ): readonly Recorded[] {
    const version = this.#statements.head.get({ streamId })?.version ?? 0
    if (version !== expectedVersion)
      throw new ConcurrencyError(`${streamId} is at version ${version}, expected was ${expectedVersion}`)
    return decided.map((event, index) => this.#insert(streamId, expectedVersion + 1 + index, event, context))
  }

  /** The history of one thing, after a version. */
  load(streamId: string, afterVersion = 0): readonly Recorded[] {
    return this.#statements.load.all({ streamId, afterVersion }).map(revive)
  }

  /** The whole log in order, after a position and up to another, read piece by piece. */
  *readAll(after = 0, upTo = Number.MAX_SAFE_INTEGER): Generator<Recorded> {
    let last = after
    while (true) {
      const rows = this.#statements.after.all({ after: last, upTo, count: READ_BATCH_EVENTS })
      for (const row of rows) yield revive(row)
      if (rows.length < READ_BATCH_EVENTS) return
      last = rows.at(-1)!.position
    }
  }

  /** At most `count` events after a position, oldest first. */
  readAfter(position: number, count: number): readonly Recorded[] {
    return this.#statements.after.all({ after: position, upTo: Number.MAX_SAFE_INTEGER, count }).map(revive)
  }

  /** One page, newest first. */
  readPage({ before = Number.MAX_SAFE_INTEGER, count, streamId }: LogPage): readonly Recorded[] {
    const earlier = lt(events.position, before)
    const where = streamId === undefined ? earlier : and(earlier, eq(events.streamId, streamId))
    return this.#database
      .select()
      .from(events)
      .where(where)
      .orderBy(desc(events.position))
      .limit(count)
      .all()
      .map(revive)
  }

  /** The events of one change set, in order. */
  readChangeSet(correlationId: string): readonly Recorded[] {
    return this.#statements.changeSet.all({ correlationId }).map(revive)
  }

  /** The events that named a stream, up to a version: its names, oldest first. */
  readNaming(streamId: string, upToVersion: number): readonly Recorded[] {
    return this.#statements.naming.all({ streamId, upToVersion }).map(revive)
  }

  #insert(streamId: string, version: number, event: StreamEvent, context: AppendContext): Recorded {
    const { actor, correlationId, causationId, at } = context
    const { position } = this.#statements.insert.get({
      streamId,
      version,
      type: event.type,
      schemaVersion: schemaVersionOf(event.type),
      data: JSON.stringify(event.data),
      actor,
      correlationId,
      causationId: causationId ?? null,
      nodeId: this.#nodeId,
      at,
    })
    return { position, streamId, version, event, actor, correlationId, causationId, nodeId: this.#nodeId, at }
  }
}

const revive = (row: typeof events.$inferSelect): Recorded => ({
  position: row.position,
  streamId: row.streamId,
  version: row.version,
  event: readEvent(row.type, row.schemaVersion, row.data),
  actor: row.actor,
  correlationId: row.correlationId,
  causationId: row.causationId ?? undefined,
  nodeId: row.nodeId,
  at: row.at,
})

type Statements = ReturnType<typeof prepare>

const prepare = (database: SqliteDatabase) => ({ insert: prepareInsert(database), ...prepareReads(database) })

const value = sql.placeholder

const prepareInsert = (database: SqliteDatabase) =>
  database
    .insert(events)
    .values({
      streamId: value('streamId'),
      version: value('version'),
      type: value('type'),
      schemaVersion: value('schemaVersion'),
      data: value('data'),
      actor: value('actor'),
      correlationId: value('correlationId'),
      causationId: value('causationId'),
      nodeId: value('nodeId'),
      at: value('at'),
    })
    .returning({ position: events.position })
    .prepare()

const prepareReads = (database: SqliteDatabase) => {
  const ofStream = eq(events.streamId, value('streamId'))
  const select = () => database.select().from(events)
  const isNaming = inArray(events.type, ['StreamAdded', 'StreamRenamed'])
  return {
    position: database
      .select({ position: max(events.position) })
      .from(events)
      .prepare(),
    head: database
      .select({ version: max(events.version) })
      .from(events)
      .where(ofStream)
      .prepare(),
    load: select()
      .where(and(ofStream, gt(events.version, value('afterVersion'))))
      .orderBy(asc(events.version))
      .prepare(),
    after: select()
      .where(and(gt(events.position, value('after')), lte(events.position, value('upTo'))))
      .orderBy(asc(events.position))
      .limit(value('count'))
      .prepare(),
    changeSet: select()
      .where(eq(events.correlationId, value('correlationId')))
      .orderBy(asc(events.position))
      .prepare(),
    naming: select()
      .where(and(ofStream, lte(events.version, value('upToVersion')), isNaming))
      .orderBy(asc(events.version))
      .prepare(),
  }
}
