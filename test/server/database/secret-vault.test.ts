import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSecretKey } from '#server/config/secret-key.ts'
import { SecretVault } from '#server/database/secret-vault.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('a source comes back as it was, also after a restart', () => {
  using opened = new OpenedConfiguration()
  const { vault, database } = opened.configuration
  const template = vault.seal('rtsp://u:hunter2@h')
  vault.committed()
  expect(template).toMatch(/^rtsp:\/\/u:\{secret:[0-9a-f]{32}\}@h$/)
  const again = new SecretVault(database, readSecretKey(opened.folder.at('secret.key')))
  expect(again.open(template)).toBe('rtsp://u:hunter2@h')
  expect(again.values).toEqual(['hunter2'])
})

test('describing names a secret and keeps nothing', () => {
  using opened = new OpenedConfiguration()
  const { vault } = opened.configuration
  const described = vault.describe('rtsp://u:hunter2@h')
  expect(vault.open(described)).toBe('rtsp://u:***@h')
  expect(vault.seal('rtsp://u:hunter2@h')).toBe(described)
})

test('secrets of a transaction that was rolled back are forgotten', () => {
  using opened = new OpenedConfiguration()
  const { vault } = opened.configuration
  const template = vault.seal('rtsp://u:hunter2@h')
  vault.rolledBack()
  expect(vault.open(template)).toBe('rtsp://u:***@h')
  expect(vault.committed()).toEqual([])
})

test('each secret is told as new once', () => {
  using opened = new OpenedConfiguration()
  const { vault } = opened.configuration
  vault.seal('http://u:one@h/?token=two')
  expect(vault.committed()).toEqual(['one', 'two'])
  vault.seal('http://u:one@h')
  expect(vault.committed()).toEqual([])
})

test('with another key file the secrets are lost and counted, and can be given again', () => {
  using opened = new OpenedConfiguration()
  const { vault, database } = opened.configuration
  const template = vault.seal('rtsp://u:hunter2@h')
  vault.committed()
  rmSync(opened.folder.at('secret.key'))
  const other = new SecretVault(database, readSecretKey(opened.folder.at('secret.key')))
  expect(other.lostCount).toBe(1)
  expect(other.open(template)).toBe('rtsp://u:***@h')
  expect(other.open(other.seal('rtsp://u:hunter2@h'))).toBe('rtsp://u:hunter2@h')
})
