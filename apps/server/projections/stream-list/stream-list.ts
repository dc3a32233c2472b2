import { eq, sql } from 'drizzle-orm'
import type { SqliteDatabase } from '../../database/open-database.ts'
import { unreachable } from '../../domain/unreachable.ts'
import type { Recorded } from '../../events/event-store.ts'
import type { Projection } from '../projection.ts'
import { streamList } from './stream-list.table.ts'

/** The streams as they are now; the table lets a name be used once. */
export const streamListProjection = (database: SqliteDatabase): Projection => {
  const statements = prepare(database)
  return {
    name: 'stream-list',
    version: 2,
    clear: () => void database.delete(streamList).run(),
    apply: recorded => applyTo(statements, recorded),
  }
}

const applyTo = (statements: Statements, { event, streamId: id, position, at }: Recorded): void => {
  switch (event.type) {
    case 'StreamAdded':
      statements.add.run({ id, name: event.data.name, sources: JSON.stringify(event.data.sources), position, at })
      break
    case 'StreamRenamed':
      statements.rename.run({ id, name: event.data.to, position, at })
      break
    case 'StreamSourcesChanged':
      statements.change.run({ id, sources: JSON.stringify(event.data.sources), position, at })
      break
    case 'StreamPreloaded':
      statements.preload.run({ id, query: event.data.query, position, at })
      break
    case 'StreamPreloadEnded':
      statements.preload.run({ id, query: null, position, at })
      break
    case 'StreamRemoved':
      statements.remove.run({ id })
      break
    default:
      unreachable(event)
  }
}

type Statements = ReturnType<typeof prepare>

const prepare = (database: SqliteDatabase) => {
  const value = sql.placeholder
  // `set` takes placeholders only as SQL.
  const place = (name: string) => sql`${value(name)}`
  const touched = { position: place('position'), updatedAt: place('at') }
  const one = eq(streamList.id, value('id'))
  return {
    add: database
      .insert(streamList)
      .values({
        id: value('id'),
        name: value('name'),
        sources: value('sources'),
        position: value('position'),
        updatedAt: value('at'),
      })
      .prepare(),
    rename: database
      .update(streamList)
      .set({ name: place('name'), ...touched })
      .where(one)
      .prepare(),
    change: database
      .update(streamList)
      .set({ sources: place('sources'), ...touched })
      .where(one)
      .prepare(),
    preload: database
      .update(streamList)
      .set({ preload: place('query'), ...touched })
      .where(one)
      .prepare(),
    remove: database.delete(streamList).where(one).prepare(),
  }
}
