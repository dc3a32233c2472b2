import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Configuration } from '#server/commands/configuration.ts'
import { handleCommand } from '#server/commands/handle-command.ts'
import { migrate } from '#server/database/migrate.ts'
import { openDatabase } from '#server/database/open-database.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { migrations } from '#test/helpers/opened-configuration.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const shipped = join(migrations, 'config')

/** The shipped migrations and one more. */
const withOneMore = (folder: TemporaryFolder, statement: string): string => {
  const later = folder.at('later')
  cpSync(shipped, later, { recursive: true })
  const file = join(later, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { idx: number; when: number; tag: string }[] }
  const last = journal.entries.at(-1)!
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_later' })
  writeFileSync(file, JSON.stringify(journal))
  writeFileSync(join(later, '9999_later.sql'), statement)
  return later
}

test('an empty database gets everything, without a copy', () => {
  using folder = new TemporaryFolder()
  const database = openDatabase(folder.at('x.db'))
  migrate(database, shipped)
  expect(database.$client.prepare("SELECT name FROM sqlite_master WHERE name = 'events'").all().length).toBe(1)
  expect([...folder.contents().keys()].some(name => name.includes('before'))).toBe(false)
  database.$client.close()
})

test('migrating again changes nothing', () => {
  using folder = new TemporaryFolder()
  const database = openDatabase(folder.at('x.db'))
  migrate(database, shipped)
  migrate(database, shipped)
  expect([...folder.contents().keys()].some(name => name.includes('before'))).toBe(false)
  database.$client.close()
})

test('a database that holds something is copied before it is changed', () => {
  using folder = new TemporaryFolder()
  const database = openDatabase(folder.at('x.db'))
  migrate(database, shipped)
  database.$client.exec("INSERT INTO server_properties VALUES ('kept', 'yes')")
  migrate(database, withOneMore(folder, 'DROP TABLE server_properties'))
  const copy = new Database(folder.at('x.db.before-3'), { readonly: true })
  expect(copy.prepare('SELECT * FROM server_properties').all()).toEqual([{ name: 'kept', value: 'yes' }])
  expect(statSync(folder.at('x.db.before-3')).mode & 0o777).toBe(0o600)
  copy.close()
  database.$client.close()
})

test('a migration that fails leaves the database as it was', () => {
  using folder = new TemporaryFolder()
  const database = openDatabase(folder.at('x.db'))
  migrate(database, shipped)
  const broken = withOneMore(folder, 'CREATE TABLE half (a);--> statement-breakpoint\nNOT SQL')
  expect(() => migrate(database, broken)).toThrow('syntax error')
  expect(database.$client.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").all()).toEqual([])
  expect(() => migrate(database, shipped)).not.toThrow()
  database.$client.close()
})

test('a database of a newer version is refused with a sentence', () => {
  using folder = new TemporaryFolder()
  const database = openDatabase(folder.at('x.db'))
  migrate(database, withOneMore(folder, 'CREATE TABLE later (a)'))
  expect(() => migrate(database, shipped)).toThrow(
    expect.objectContaining({ code: 'database_newer', message: expect.stringContaining('newer version of Sightline') }),
  )
  database.$client.close()
})

/** The migrations of an earlier release. */
const upTo = (folder: TemporaryFolder, count: number): string => {
  const earlier = folder.at('earlier')
  cpSync(shipped, join(earlier, 'config'), { recursive: true })
  const file = join(earlier, 'config/meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: unknown[] }
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }))
  return join(earlier, 'config')
}

test('a configuration from before preloads were part of it opens, and has none', () => {
  using folder = new TemporaryFolder()
  const old = openDatabase(folder.at('config.db'))
  migrate(old, upTo(folder, 2))
  old.$client.exec(`INSERT INTO events VALUES
    (1, 'one', 1, 'StreamAdded', 1, '{"name":"porch","sources":["x:1"]}', 'rest', 'c', NULL, 'n', 7)`)
  old.$client.exec(`INSERT INTO stream_list VALUES ('one', 'porch', '["x:1"]', 1, 7)`)
  old.$client.exec("INSERT INTO projections VALUES ('stream-list', 1)")
  old.$client.exec(`INSERT INTO linked_streams VALUES ('porch', 'one', '["x:1"]')`)
  old.$client.close()
  using configuration = new Configuration(folder.path, migrations, { configured: new Map(), system: {} })
  expect(configuration.rebuilt).toEqual(['stream-list'])
  expect(listStreams(configuration.database)).toEqual([
    { id: 'one', name: 'porch', sources: ['x:1'], position: 1, updatedAt: 7 },
  ])
  configuration.decide({ actor: 'rest', at: 8 }, changes =>
    handleCommand({ type: 'SetPreload', name: 'porch', query: '' }, changes, configuration),
  )
  expect(listStreams(configuration.database)[0]?.preload).toBe('')
})

test('a folder without migrations is a mistake, not an empty database', () => {
  using folder = new TemporaryFolder()
  mkdirSync(folder.at('nothing'))
  const database = openDatabase(folder.at('x.db'))
  expect(() => migrate(database, folder.at('nothing'))).toThrow('_journal.json')
  database.$client.close()
})
