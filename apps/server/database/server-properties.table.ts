import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Single values of this data folder: its node id, the path of the linked file. */
export const serverProperties = sqliteTable('server_properties', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
