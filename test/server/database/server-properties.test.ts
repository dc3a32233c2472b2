import { expect, test } from 'vitest'
import { readProperty, writeProperty } from '#server/database/server-properties.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('the last value written is remembered', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  expect(readProperty(database, 'linked_path')).toBeUndefined()
  writeProperty(database, 'linked_path', '/a')
  writeProperty(database, 'linked_path', '/b')
  expect(readProperty(database, 'linked_path')).toBe('/b')
})
