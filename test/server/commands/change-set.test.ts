import { expect, test } from 'vitest'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('several decisions are one transaction with one correlation id', () => {
  using opened = new OpenedConfiguration()
  const { configuration } = opened
  const decision = configuration.decide({ actor: 'admin:ann', at: 5 }, changes => {
    changes.decide('one', { type: 'AddStream', name: 'a', sources: [] })
    changes.decide('one', { type: 'RenameStream', to: 'b' })
    changes.decide('two', { type: 'AddStream', name: 'a', sources: [] })
  })
  expect(decision.events).toMatchObject([
    { position: 1, version: 1, streamName: 'a', actor: 'admin:ann', at: 5 },
    { position: 2, version: 2, streamName: 'b' },
    { position: 3, version: 1, streamName: 'a' },
  ])
  expect(new Set(decision.events.map(event => event.correlationId))).toEqual(new Set([decision.correlationId]))
})

test('a name is used once, and what came before in the change set is taken back with it', () => {
  using opened = new OpenedConfiguration()
  const { configuration } = opened
  const make = () =>
    configuration.decide({ actor: 'rest', at: 5 }, changes => {
      changes.decide('one', { type: 'AddStream', name: 'a', sources: [] })
      changes.decide('two', { type: 'AddStream', name: 'a', sources: [] })
    })
  expect(make).toThrow(expect.objectContaining({ code: 'name_taken' }))
  expect(configuration.store.position).toBe(0)
  expect(opened.streams).toEqual({})
})

test('the event of a removal still has the name', () => {
  using opened = new OpenedConfiguration()
  opened.set('a')
  expect(opened.run({ type: 'RemoveStream', name: 'a' }).events).toMatchObject([{ streamName: 'a', data: {} }])
})
