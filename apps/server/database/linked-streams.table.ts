import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** What the linked file said when it and the configuration last agreed. */
export const linkedStreams = sqliteTable('linked_streams', {
  name: text('name').primaryKey(),
  /** The stream's identity, so that a rename finds its line again. */
  streamId: text('stream_id').notNull(),
  /** JSON list of sources with secret references. */
  sources: text('sources').notNull(),
  /** The stream's line under `preload:`; null: none. */
  preload: text('preload'),
})
