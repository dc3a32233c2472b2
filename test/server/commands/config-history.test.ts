import { expect, test } from 'vitest'
import { configurationAt, differences, showConfiguration } from '#server/commands/config-history.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

test('the configuration of any revision, and what is different between two', () => {
  using opened = new OpenedConfiguration()
  const { store } = opened.configuration
  opened.set('a', 'rtsp://u:hunter2@h')
  opened.set('b', 'x:1')
  opened.run({ type: 'RenameStream', name: 'a', to: 'z' })
  opened.run({ type: 'RemoveStream', name: 'b' })
  opened.set('c')
  const [a, c] = [opened.idOf('z'), opened.idOf('c')]
  const at = (position: number) => configurationAt(store, position)
  expect(showConfiguration(at(2)).map(({ name, sources }) => [name, sources])).toEqual([
    ['a', ['rtsp://u:***@h']],
    ['b', ['x:1']],
  ])
  expect(differences(at(2), at(5))).toMatchObject([
    { kind: 'removed', before: { name: 'b' } },
    { kind: 'added', id: c, after: { name: 'c', sources: [] } },
    { kind: 'changed', id: a, before: { name: 'a' }, after: { name: 'z' } },
  ])
  expect(differences(at(5), at(5))).toEqual([])
  expect(showConfiguration(at(0))).toEqual([])
})

test('a preload is part of the configuration', () => {
  using opened = new OpenedConfiguration()
  opened.set('a')
  opened.run({ type: 'SetPreload', name: 'a', query: 'video' })
  const [before, after] = [1, 2].map(position => configurationAt(opened.configuration.store, position))
  expect(showConfiguration(before!)[0]).not.toHaveProperty('preload')
  expect(differences(before!, after!)).toMatchObject([{ kind: 'changed', after: { name: 'a', preload: 'video' } }])
})

test('a revision that never was is refused', () => {
  using opened = new OpenedConfiguration()
  expect(() => configurationAt(opened.configuration.store, 1)).toThrow(
    expect.objectContaining({ code: 'position_unknown', message: 'there is no revision 1: the newest is 0' }),
  )
})
