import type { SqliteDatabase } from '../database/open-database.ts'
import type { Projection } from './projection.ts'
import { streamListProjection } from './stream-list/stream-list.ts'

/** Every projection there is: one line each. */
export const allProjections = (database: SqliteDatabase): readonly Projection[] => [streamListProjection(database)]
