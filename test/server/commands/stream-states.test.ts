import { expect, test } from 'vitest'
import { StreamStates } from '#server/commands/stream-states.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

const present = (name: string, ...sources: string[]) => expect.objectContaining({ status: 'present', name, sources })

test('a state is what the log adds up to, also after others have appended', () => {
  using opened = new OpenedConfiguration()
  const states = new StreamStates(opened.configuration.store)
  const [added] = opened.set('porch', 'rtsp://a/1').events
  const id = added!.streamId
  expect(states.read(id)).toEqual({ state: present('porch', 'rtsp://a/1'), version: 1 })
  states.note(id, states.read(id))
  states.committed()
  opened.set('porch', 'rtsp://a/2')
  expect(states.read(id)).toEqual({ state: present('porch', 'rtsp://a/2'), version: 2 })
})

test('what is noted counts until the transaction ends, and stays only when it is committed', () => {
  using opened = new OpenedConfiguration()
  const states = new StreamStates(opened.configuration.store)
  const noted = { state: { status: 'absent' } as const, version: 7 }
  states.note('nobody', noted)
  expect(states.read('nobody')).toBe(noted)
  states.rolledBack()
  expect(states.read('nobody').version).toBe(0)
  states.note('nobody', noted)
  states.committed()
  states.rolledBack()
  expect(states.read('nobody')).toBe(noted)
})

test('an order that was only tried, or refused, leaves no trace in what is remembered', () => {
  using opened = new OpenedConfiguration()
  opened.set('porch', 'rtsp://a/1')
  opened.set('garden', 'rtsp://g/1')
  opened.run({ type: 'SetStream', name: 'porch', sources: ['rtsp://a/2'] }, { dryRun: true })
  expect(() => opened.run({ type: 'RenameStream', name: 'porch', to: 'garden' })).toThrow('garden')
  expect(opened.set('porch', 'rtsp://a/2').events.map(event => event.version)).toEqual([2])
  expect(opened.streams).toEqual({ porch: ['rtsp://a/2'], garden: ['rtsp://g/1'] })
})

test('more streams than are remembered are forgotten, never wrong', () => {
  using opened = new OpenedConfiguration()
  const states = new StreamStates(opened.configuration.store)
  for (let i = 0; i < 1100; i++) states.note(`s${i}`, { state: { status: 'absent' }, version: i })
  states.committed()
  expect(states.read('s0').version).toBe(0)
  expect(states.read('s1099').version).toBe(1099)
})
