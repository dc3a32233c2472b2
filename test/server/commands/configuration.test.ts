import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Configuration, databaseFile } from '#server/commands/configuration.ts'
import { migrations, OpenedConfiguration } from '#test/helpers/opened-configuration.ts'
import { TemporaryFolder } from '#test/helpers/temporary-folder.ts'

const nobody = { configured: new Map<string, string>(), system: {} }

test('the same folder gives the same configuration and the same node again', () => {
  using folder = new TemporaryFolder()
  const ids = [1, 2].map(turn => {
    using configuration = new Configuration(folder.path, migrations, nobody)
    const change = () => changes.decide('one', { type: 'AddStream' as const, name: 'a', sources: [] })
    let changes!: Parameters<Parameters<Configuration['decide']>[1]>[0]
    if (turn === 1)
      configuration.decide({ actor: 'rest', at: 1 }, given => {
        changes = given
        change()
      })
    expect(configuration.store.position).toBe(1)
    return [...configuration.store.readAll()][0]?.nodeId
  })
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(ids[1]).toBe(ids[0])
})

test('no password is in any file of the folder but sealed', () => {
  using opened = new OpenedConfiguration()
  const canary = 'c4n4ry-pässword'
  opened.set(
    `rtsp://u:${canary}@h`,
    `rtsp://u:${canary}@h`,
    `http://h/?password=${canary}`,
    `x:y#header=Authorization: ${canary}`,
  )
  opened.run({ type: 'RemoveStream', name: `rtsp://u:${canary}@h` })
  for (const [name, bytes] of opened.folder.contents()) expect([name, bytes.includes(canary)]).toEqual([name, false])
  expect(opened.configuration.vault.values).toEqual([canary])
})

test('database and key are for their owner alone', () => {
  using opened = new OpenedConfiguration()
  for (const file of [databaseFile(opened.folder.path), join(opened.folder.path, 'secret.key')])
    expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a mistake in a decision takes everything back and comes out', () => {
  using opened = new OpenedConfiguration()
  const { configuration } = opened
  const make = () =>
    configuration.decide({ actor: 'rest', at: 1 }, changes => {
      changes.decide('one', { type: 'AddStream', name: 'a', sources: [configuration.vault.seal('rtsp://u:hunter2@h')] })
      throw new TypeError('our mistake')
    })
  expect(make).toThrow(TypeError)
  expect([configuration.store.position, configuration.vault.values]).toEqual([0, []])
})
