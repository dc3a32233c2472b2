import { expect, test } from 'vitest'
import { readLinkedStreams, writeLinkedStreams } from '#server/commands/linked-streams.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

const porch = { name: 'porch', streamId: '1', sources: ['x:1'] }
const running = { ...porch, preload: '' }
const yard = { name: 'yard', streamId: '2', sources: [] }

test('what a file said is remembered until it says something else', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  writeLinkedStreams(database, '/a.yaml', [], [porch, yard])
  expect(readLinkedStreams(database, '/a.yaml')).toEqual([porch, yard])
  writeLinkedStreams(database, '/a.yaml', [porch, yard], [running, yard])
  expect(readLinkedStreams(database, '/a.yaml')).toEqual([running, yard])
  writeLinkedStreams(database, '/a.yaml', [running, yard], [yard])
  expect(readLinkedStreams(database, '/a.yaml')).toEqual([yard])
})

test('what another file said is not what this one said', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  writeLinkedStreams(database, '/a.yaml', [], [porch])
  expect(readLinkedStreams(database, '/b.yaml')).toEqual([])
  writeLinkedStreams(database, '/b.yaml', [], [])
  expect([readLinkedStreams(database, '/a.yaml'), readLinkedStreams(database, '/b.yaml')]).toEqual([[], []])
})
