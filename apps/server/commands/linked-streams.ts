import { linkedStreams } from '../database/linked-streams.table.ts'
import type { SqliteDatabase } from '../database/open-database.ts'
import { readProperty, writeProperty } from '../database/server-properties.ts'

/** One stream as the linked file had it when it and the configuration last agreed; with secret references. */
export interface LinkedStream {
  readonly name: string
  readonly streamId: string
  readonly sources: readonly string[]
  /** Its line under `preload:`, when there is one. */
  readonly preload?: string
}

/** What the file of a path said when it and the configuration last agreed; nothing for another file. */
export const readLinkedStreams = (database: SqliteDatabase, path: string): readonly LinkedStream[] => {
  if (readProperty(database, 'linked_path') !== path) return []
  return database
    .select()
    .from(linkedStreams)
    .all()
    .map(({ name, streamId, sources, preload }) => ({
      ...{ name, streamId, sources: JSON.parse(sources) as string[] },
      ...(preload === null ? {} : { preload }),
    }))
}

/** Remembers what the file of a path says now, in the caller's transaction. */
export const writeLinkedStreams = (
  database: SqliteDatabase,
  path: string,
  before: readonly LinkedStream[],
  now: readonly LinkedStream[],
): void => {
  if (readProperty(database, 'linked_path') !== path) writeProperty(database, 'linked_path', path)
  else if (same(before, now)) return
  database.delete(linkedStreams).run()
  const insert = database.insert(linkedStreams)
  for (const { name, streamId, sources, preload = null } of now)
    insert.values({ name, streamId, sources: JSON.stringify(sources), preload }).run()
}

const same = (left: readonly LinkedStream[], right: readonly LinkedStream[]): boolean =>
  JSON.stringify(left.toSorted(byName)) === JSON.stringify(right.toSorted(byName))

const byName = (left: LinkedStream, right: LinkedStream): number => (left.name < right.name ? -1 : 1)
