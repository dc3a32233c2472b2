import { chmodSync, closeSync, copyFileSync, fsyncSync, openSync } from 'node:fs'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import { CannotOpenError } from './cannot-open-error.ts'
import type { SqliteDatabase } from './open-database.ts'

/** drizzle-kit's own table, so that its tools understand the database. */
const APPLIED_TABLE = '__drizzle_migrations'

/**
 * Brings a database to the newest migration of a folder, in one transaction; a database that holds
 * something is copied to `<file>.before-<n>` first, where n is the number of migrations it had.
 * Throws `CannotOpenError`, code `database_newer`, when the database knows migrations the folder has not.
 */
export const migrate = (database: SqliteDatabase, folder: string): void => {
  const known = readMigrationFiles({ migrationsFolder: folder })
  const applied = appliedMigrations(database)
  refuseNewer(database.$client.name, known, applied)
  const pending = known.filter(migration => !applied.includes(migration.folderMillis))
  if (pending.length === 0) return
  if (applied.length > 0) copyBefore(database, applied.length)
  database.$client.transaction(() => apply(database, pending)).immediate()
}

const appliedMigrations = ({ $client }: SqliteDatabase): readonly number[] => {
  $client.exec(
    `CREATE TABLE IF NOT EXISTS ${APPLIED_TABLE} (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric)`,
  )
  const rows = $client.prepare<[], { readonly at: number }>(`SELECT created_at AS at FROM ${APPLIED_TABLE}`).all()
  return rows.map(row => Number(row.at))
}

const refuseNewer = (file: string, known: readonly MigrationMeta[], applied: readonly number[]): void => {
  const unknown = applied.filter(at => !known.some(migration => migration.folderMillis === at))
  if (unknown.length === 0) return
  throw new CannotOpenError(
    'database_newer',
    `the database ${file} was written by a newer version of Sightline: start that version, or another --data folder`,
  )
}

const copyBefore = ({ $client }: SqliteDatabase, count: number): void => {
  const copy = `${$client.name}.before-${count}`
  $client.pragma('wal_checkpoint(TRUNCATE)')
  copyFileSync($client.name, copy)
  chmodSync(copy, 0o600)
  const descriptor = openSync(copy, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

const apply = ({ $client }: SqliteDatabase, pending: readonly MigrationMeta[]): void => {
  const remember = $client.prepare(`INSERT INTO ${APPLIED_TABLE} (hash, created_at) VALUES (?, ?)`)
  for (const migration of pending) {
    for (const statement of migration.sql) $client.exec(statement)
    remember.run(migration.hash, migration.folderMillis)
  }
}
