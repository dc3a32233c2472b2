import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Which version of each projection its table holds. */
export const projections = sqliteTable('projections', {
  name: text('name').primaryKey(),
  version: integer('version').notNull(),
})
