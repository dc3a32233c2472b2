import { asc, count, eq, isNotNull } from 'drizzle-orm'
import type { SqliteDatabase } from '../../database/open-database.ts'
import { streamList } from './stream-list.table.ts'

/** A stream as the read model has it; name, sources and preload carry secret references. */
export interface ListedStream {
  readonly id: string
  readonly name: string
  readonly sources: readonly string[]
  /** What is kept running without viewers; empty: video and audio. */
  readonly preload?: string
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

/** How many streams are kept running without viewers. */
export const countPreloads = (database: SqliteDatabase): number =>
  database.select({ count: count() }).from(streamList).where(isNotNull(streamList.preload)).get()?.count ?? 0

const listed = (row: typeof streamList.$inferSelect | undefined): ListedStream | undefined => {
  if (row === undefined) return undefined
  const { preload, ...stream } = row
  return { ...stream, sources: JSON.parse(row.sources) as string[], ...(preload === null ? {} : { preload }) }
}
