import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { CannotOpenError } from './cannot-open-error.ts'
import { checkNode } from './open-database.ts'

/**
 * Makes a data folder ours until disposed or until the process ends, however it ends: an exclusive
 * SQLite lock on a file of its own. Throws `CannotOpenError`, code `folder_in_use`.
 */
export const lockFolder = (folder: string): Disposable => {
  checkNode()
  const file = join(folder, 'in-use.lock')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new CannotOpenError('storage', `the data folder ${folder} cannot be used: ${message}`, { cause: error })
  }
  const client = new Database(file, { timeout: 0 })
  try {
    client.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    client.close()
    throw new CannotOpenError(
      'folder_in_use',
      `another Sightline already uses the data folder ${folder}: stop it, or start this one with another --data folder`,
      { cause: error },
    )
  }
  return { [Symbol.dispose]: () => void client.close() }
}
