import type { SqliteDatabase } from '../database/open-database.ts'
import type { EventStore } from '../events/event-store.ts'
import type { Projection } from './projection.ts'
import { projections as versions } from './projections.table.ts'

/** Empties projections and folds the whole log into them again, in one transaction. */
export const rebuild = (database: SqliteDatabase, store: EventStore, projections: readonly Projection[]): void => {
  database.$client
    .transaction(() => {
      for (const projection of projections) projection.clear()
      for (const recorded of store.readAll()) for (const projection of projections) projection.apply(recorded)
      for (const { name, version } of projections)
        database
          .insert(versions)
          .values({ name, version })
          .onConflictDoUpdate({ target: versions.name, set: { version } })
          .run()
    })
    .immediate()
}

/** Rebuilds the projections whose code has another version than their table; the names of those. */
export const rebuildChanged = (
  database: SqliteDatabase,
  store: EventStore,
  projections: readonly Projection[],
): readonly string[] => {
  const built = new Map(
    database
      .select()
      .from(versions)
      .all()
      .map(row => [row.name, row.version]),
  )
  const changed = projections.filter(({ name, version }) => built.get(name) !== version)
  if (changed.length > 0) rebuild(database, store, changed)
  return changed.map(({ name }) => name)
}
