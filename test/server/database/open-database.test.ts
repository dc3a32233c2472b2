import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkNode, openDatabase, openDatabaseForReading } from '#server/database/open-database.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

test('a commit is on the disk when it returns', () => {
  using folder = new TemporaryFolder()
  const { $client } = openDatabase(folder.at('x.db'))
  const pragma = (name: string): unknown => $client.pragma(name, { simple: true })
  // 2 is FULL.
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1])
  $client.close()
})

test('every file of a database is for its owner alone', () => {
  using folder = new TemporaryFolder()
  const { $client } = openDatabase(folder.at('x.db'))
  $client.exec('CREATE TABLE t (a)')
  const modes = [...folder.contents().keys()].map(name => [name, statSync(folder.at(name)).mode & 0o777])
  expect(modes.sort()).toEqual([
    ['x.db', 0o600],
    ['x.db-shm', 0o600],
    ['x.db-wal', 0o600],
  ])
  $client.close()
})

test('a second connection reads what was committed, and writes nothing', () => {
  using folder = new TemporaryFolder()
  const writer = openDatabase(folder.at('x.db')).$client
  writer.exec('CREATE TABLE t (a)')
  const reader = openDatabaseForReading(folder.at('x.db')).$client
  writer.exec('INSERT INTO t VALUES (1)')
  expect(reader.prepare('SELECT a FROM t').all()).toEqual([{ a: 1 }])
  expect(() => reader.exec('INSERT INTO t VALUES (2)')).toThrow(expect.objectContaining({ code: 'SQLITE_READONLY' }))
  reader.close()
  writer.close()
})

test('a file that is no database is told with its name', () => {
  using folder = new TemporaryFolder()
  const file = folder.write('x.db', 'this is not a database, and it is long enough to be taken for one')
  expect(() => openDatabase(file)).toThrow(
    expect.objectContaining({ code: 'storage', message: expect.stringContaining(file) }),
  )
})

test('a Node that would end without a word is refused with a sentence', () => {
  expect(() => checkNode(9, 'v20.20.2')).toThrow(
    expect.objectContaining({ code: 'node_too_old', message: expect.stringContaining('Node v20.20.2 is too old') }),
  )
  expect(() => checkNode(10)).not.toThrow()
})
