import { eq } from 'drizzle-orm'
import type { SqliteDatabase } from './open-database.ts'
import { serverProperties } from './server-properties.table.ts'

/** The names of what a data folder remembers about itself. */
export type ServerProperty = 'node_id' | 'linked_path'

/** A remembered value; `undefined` when there is none. */
export const readProperty = (database: SqliteDatabase, name: ServerProperty): string | undefined =>
  database.select().from(serverProperties).where(eq(serverProperties.name, name)).get()?.value

/** Remembers a value. */
export const writeProperty = (database: SqliteDatabase, name: ServerProperty, value: string): void => {
  database
    .insert(serverProperties)
    .values({ name, value })
    .onConflictDoUpdate({ target: serverProperties.name, set: { value } })
    .run()
}
