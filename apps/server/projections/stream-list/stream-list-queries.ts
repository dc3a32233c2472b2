import { asc, count, eq } from 'drizzle-orm'
import type { SqliteDatabase } from '../../database/open-database.ts'
import { streamList } from './stream-list.table.ts'

/** A stream as the read model has it; name and sources carry secret references. */
export interface ListedStream {
  readonly id: string
  readonly name: string
  readonly sources: readonly string[]
  readonly position: number
  /** Unix milliseconds. */
  readonly updatedAt: number
}

/** The stream of a name. */
export const findStreamByName = (database: SqliteDatabase, name: string): ListedStream | undefined =>
  listed(database.select().from(streamList).where(eq(streamList.name, name)).get())

/** The stream of an identity. */
export const findStreamById = (database: SqliteDatabase, id: string): ListedStream | undefined =>
  listed(database.select().from(streamList).where(eq(streamList.id, id)).get())

/** Every stream, by name. */
export const listStreams = (database: SqliteDatabase): readonly ListedStream[] =>
  database
    .select()
    .from(streamList)
    .orderBy(asc(streamList.name))
    .all()
    .map(row => listed(row)!)

/** How many streams there are. */
export const countStreams = (database: SqliteDatabase): number =>
  database.select({ count: count() }).from(streamList).get()?.count ?? 0

const listed = (row: typeof streamList.$inferSelect | undefined): ListedStream | undefined =>
  row && { ...row, sources: JSON.parse(row.sources) as string[] }
