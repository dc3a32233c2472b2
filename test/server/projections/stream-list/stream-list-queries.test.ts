import { expect, test } from 'vitest'
import {
  countPreloads,
  countStreams,
  findStreamById,
  findStreamByName,
  listStreams,
} from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('a stream is found by name and by identity, and all of them by name', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  opened.set('yard', 'x:1', 'y:2')
  opened.set('porch')
  const yard = findStreamByName(database, 'yard')!
  expect(yard).toMatchObject({ name: 'yard', sources: ['x:1', 'y:2'], position: 1 })
  expect(findStreamById(database, yard.id)).toEqual(yard)
  expect(listStreams(database).map(({ name }) => name)).toEqual(['porch', 'yard'])
  expect(countStreams(database)).toBe(2)
  opened.run({ type: 'SetPreload', name: 'yard', query: '' })
  expect(countPreloads(database)).toBe(1)
  expect(findStreamByName(database, 'yard')).toMatchObject({ preload: '' })
})

test('what is not there is not found, whatever it is called', () => {
  using opened = new OpenedConfiguration()
  const { database } = opened.configuration
  for (const name of ['__proto__', "' OR 1=1 --", '']) expect(findStreamByName(database, name)).toBeUndefined()
  expect(findStreamById(database, 'x')).toBeUndefined()
})
