import { closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { CannotOpenError } from './cannot-open-error.ts'

/** A database through drizzle, and the connection under it as `$client`. */
export type SqliteDatabase = BetterSQLite3Database & { $client: Database.Database }

/** The Node-API version better-sqlite3 13 is built for; on an older Node it ends the process without a word. */
const NAPI_VERSION_MIN = 10

/** Milliseconds to wait for another connection's lock: the reader never writes, so only a copy can hold it. */
const BUSY_TIMEOUT_MS = 5000

/**
 * Opens a database for writing, made when missing, readable by its owner alone. A commit is on the
 * disk when it returns (WAL with `synchronous=FULL`). Throws `CannotOpenError`.
 */
export const openDatabase = (file: string): SqliteDatabase => {
  checkNode()
  try {
    // SQLite gives its -wal and -shm files the mode of the database itself.
    closeSync(openSync(file, 'a', 0o600))
    const client = new Database(file)
    try {
      client.pragma('journal_mode = WAL')
      client.pragma('synchronous = FULL')
      client.pragma('foreign_keys = ON')
      client.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    } catch (error) {
      client.close()
      throw error
    }
    return drizzle(client)
  } catch (error) {
    throw new CannotOpenError('storage', `the database ${file} cannot be opened: ${reason(error)}`, { cause: error })
  }
}

/** Opens a database that the writer has open, for reading only. */
export const openDatabaseForReading = (file: string): SqliteDatabase => {
  checkNode()
  const client = new Database(file, { readonly: true, fileMustExist: true })
  client.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  return drizzle(client)
}

/** Throws `CannotOpenError` when this Node cannot run SQLite's binding: without it, a segmentation fault. */
export const checkNode = (napiVersion = Number(process.versions['napi']), version = process.version): void => {
  if (napiVersion >= NAPI_VERSION_MIN) return
  throw new CannotOpenError(
    'node_too_old',
    `Node ${version} is too old: 22.14 or later is needed. In a clone, \`npm start\` brings its own.`,
  )
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
