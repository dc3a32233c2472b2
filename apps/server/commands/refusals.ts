import { showTemplate } from '../config/secret-template.ts'
import type { CrossingRefusal } from '../database/thread-server.ts'
import { DomainRefusal } from '../domain/errors.ts'
import { ConcurrencyError } from '../events/event-store.ts'
import { UnreadableEventError } from '../events/unreadable-event-error.ts'
import { Refusal } from './control-plane.ts'

/** What SQLite's errors mean to people. */
const STORAGE_SENTENCES: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full: nothing was changed',
  SQLITE_READONLY: 'the database cannot be written: nothing was changed',
  SQLITE_CORRUPT: 'the database is damaged: restore a copy of it',
}

/** The refusal that an error stands for; `undefined` when it is a mistake of ours. */
export const refusalOf = (error: unknown): CrossingRefusal | undefined => {
  if (error instanceof Refusal || error instanceof DomainRefusal)
    return { code: error.code, message: showTemplate(error.message) }
  if (error instanceof ConcurrencyError) return { code: 'conflict', message: 'somebody else changed it meanwhile' }
  if (error instanceof UnreadableEventError) return { code: 'storage', message: error.message }
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  if (!error.code.startsWith('SQLITE_')) return undefined
  if (error.code === 'SQLITE_CONSTRAINT_UNIQUE')
    return { code: 'name_taken', message: 'the name is used by another stream' }
  return { code: 'storage', message: STORAGE_SENTENCES[error.code] ?? `the database cannot be used: ${error.message}` }
}
