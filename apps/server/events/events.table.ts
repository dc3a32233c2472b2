import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** The log: every decision, once, in order. Triggers refuse UPDATE and DELETE. */
export const events = sqliteTable(
  'events',
  {
    /** Place in the whole log: the revision of the configuration. */
    position: integer('position').primaryKey({ autoIncrement: true }),
    /** The thing the event is about; a rename keeps it. */
    streamId: text('stream_id').notNull(),
    /** Place in that thing's own history, from 1. */
    version: integer('version').notNull(),
    type: text('type').notNull(),
    schemaVersion: integer('schema_version').notNull(),
    /** JSON. */
    data: text('data').notNull(),
    actor: text('actor').notNull(),
    /** Shared by the events of one change set. */
    correlationId: text('correlation_id').notNull(),
    /** The change set that this one answers, such as the one an undo takes back. */
    causationId: text('causation_id'),
    /** The machine that decided. */
    nodeId: text('node_id').notNull(),
    /** Unix milliseconds. */
    at: integer('at').notNull(),
  },
  table => [
    uniqueIndex('events_stream_version').on(table.streamId, table.version),
    index('events_correlation').on(table.correlationId),
    check('events_version_positive', sql`${table.version} > 0`),
  ],
)
