import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** The streams as they are now. */
export const streamList = sqliteTable('stream_list', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(),
  /** JSON list of sources with secret references. */
  sources: text('sources').notNull(),
  /** What is kept running without viewers; empty: video and audio. Null: nothing. */
  preload: text('preload'),
  /** Of the event that last changed it. */
  position: integer('position').notNull(),
  /** Unix milliseconds. */
  updatedAt: integer('updated_at').notNull(),
})
