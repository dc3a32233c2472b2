import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allProjections } from '#server/projections/project.ts'
import { rebuild, rebuildChanged } from '#server/projections/rebuild.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

const names = fc.constantFrom('a', 'b', 'c')
const orders = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('SetStream' as const),
      name: names,
      sources: fc.array(fc.constantFrom('x:1', 'rtsp://u:pw@h')),
    }),
    fc.record({ type: fc.constant('RenameStream' as const), name: names, to: names }),
    fc.record({ type: fc.constant('RemoveStream' as const), name: names }),
    fc.record({ type: fc.constant('SetPreload' as const), name: names, query: fc.constantFrom(null, '', 'video') }),
  ),
  { minLength: 1, maxLength: 20 },
)

test('whatever happened, rebuilding all read models gives the same tables', () => {
  fc.assert(
    fc.property(orders, commands => {
      using opened = new OpenedConfiguration()
      const { database, store } = opened.configuration
      for (const command of commands) {
        try {
          opened.run(command)
        } catch {
          // A refusal: it has changed nothing, which is what is compared below.
        }
      }
      const before = listStreams(database)
      rebuild(database, store, allProjections(database))
      expect(listStreams(database)).toEqual(before)
    }),
    { numRuns: 25 },
  )
})

test('a read model is rebuilt when its code has another version, and then no more', () => {
  using opened = new OpenedConfiguration()
  const { database, store } = opened.configuration
  opened.set('a', 'x:1')
  const [list] = allProjections(database)
  const newer = [{ ...list!, version: list!.version + 1 }]
  database.$client.exec("UPDATE stream_list SET name = 'wrong'")
  expect(rebuildChanged(database, store, [list!])).toEqual([])
  expect(rebuildChanged(database, store, newer)).toEqual(['stream-list'])
  expect(listStreams(database).map(({ name }) => name)).toEqual(['a'])
  expect(rebuildChanged(database, store, newer)).toEqual([])
})
