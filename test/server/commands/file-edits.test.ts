import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fileEdits } from '#server/commands/file-edits.ts'
import { readSecretKey } from '#server/config/secret-key.ts'
import { SecretVault } from '#server/database/secret-vault.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

const editsFor = (opened: OpenedConfiguration, written: Readonly<Record<string, readonly string[]>>, links = {}) => {
  const { database, vault } = opened.configuration
  const streams = Object.entries(written).map(([name, sources]) => ({ name, sources }))
  const linked = Object.entries<string>(links).map(([name, streamId]) => ({ name, streamId, sources: [] }))
  return fileEdits(streams, linked, listStreams(database), vault)
}

test('a file that says the same needs nothing', () => {
  using opened = new OpenedConfiguration()
  opened.set('a', 'rtsp://u:hunter2@h')
  expect(editsFor(opened, { a: ['rtsp://u:hunter2@h'] })).toEqual([])
})

test('what is missing comes, with its password, and what differs changes', () => {
  using opened = new OpenedConfiguration()
  opened.set('a', 'rtsp://u:hunter2@h')
  opened.set('b', 'y:2')
  expect(editsFor(opened, { b: ['x:1'] })).toEqual([
    { to: { name: 'a', sources: ['rtsp://u:hunter2@h'] } },
    { from: 'b', to: { name: 'b', sources: ['y:2'] } },
  ])
})

test('a rename finds its old line', () => {
  using opened = new OpenedConfiguration()
  opened.set('b', 'x:1')
  const edits = editsFor(opened, { a: ['x:1'] }, { a: opened.idOf('b') })
  expect(edits).toEqual([{ from: 'a', to: { name: 'b', sources: ['x:1'] } }])
})

test('what was known and is gone goes; what never was a stream stays', () => {
  using opened = new OpenedConfiguration()
  expect(editsFor(opened, { gone: ['x:1'], strange: ['y:2'] }, { gone: 'some-id' })).toEqual([{ from: 'gone' }])
})

test('a password that is lost is not written over the one in the file', () => {
  using opened = new OpenedConfiguration()
  opened.set('a', 'rtsp://u:hunter2@h')
  rmSync(opened.folder.at('secret.key'))
  const { database } = opened.configuration
  const other = new SecretVault(database, readSecretKey(opened.folder.at('secret.key')))
  expect(fileEdits([{ name: 'a', sources: ['rtsp://u:new@h'] }], [], listStreams(database), other)).toEqual([])
})
