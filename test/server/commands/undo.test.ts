import fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Command } from '#server/commands/control-plane.ts'
import { refusalOf } from '#server/commands/refusals.ts'
import { wantedWithout } from '#server/commands/undo.ts'
import { listStreams } from '#server/projections/stream-list/stream-list-queries.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

let opened: OpenedConfiguration

beforeEach(() => {
  opened = new OpenedConfiguration()
  onTestFinished(() => opened[Symbol.dispose]())
})

const undo = (correlationId: string) => opened.run({ type: 'Undo', correlationId })
const rename = (name: string, to: string) => opened.run({ type: 'RenameStream', name, to })
const remove = (name: string) => opened.run({ type: 'RemoveStream', name })

const refusalOfUndo = (correlationId: string) => {
  try {
    undo(correlationId)
  } catch (error) {
    return refusalOf(error)
  }
  return undefined
}

test('each kind of change is taken back', () => {
  const added = opened.set('a', 'x:1')
  const changed = opened.set('a', 'y:2')
  const renamed = rename('a', 'b')
  const removed = remove('b')
  const states = [removed, renamed, changed, added].map(({ correlationId }) => {
    undo(correlationId)
    return opened.streams
  })
  expect(states).toEqual([{ b: ['y:2'] }, { a: ['y:2'] }, { a: ['x:1'] }, {}])
})

const preload = (name: string, query: string | null) => opened.run({ type: 'SetPreload', name, query })
const preloadOf = (name: string) =>
  listStreams(opened.configuration.database).find(listed => listed.name === name)?.preload

test('what a stream runs with is taken back, whatever else became of it', () => {
  opened.set('a', 'x:1')
  const first = preload('a', '')
  const second = preload('a', 'video')
  rename('a', 'b')
  opened.set('b', 'y:2')
  undo(second.correlationId)
  expect(preloadOf('b')).toBe('')
  const undone = undo(first.correlationId)
  expect(preloadOf('b')).toBeUndefined()
  undo(undone.correlationId)
  expect([preloadOf('b'), opened.streams]).toEqual(['', { b: ['y:2'] }])
})

test('a removed stream comes back running', () => {
  opened.set('a', 'x:1')
  preload('a', 'video')
  undo(remove('a').correlationId)
  expect(preloadOf('a')).toBe('video')
})

test('what runs with something else by now is not guessed at', () => {
  const added = opened.set('a', 'x:1')
  const first = preload('a', '')
  preload('a', 'video')
  expect(refusalOfUndo(first.correlationId)).toMatchObject({
    code: 'superseded',
    message: expect.stringContaining('a was kept running later (revision 3, by rest)'),
  })
  expect(refusalOfUndo(added.correlationId)).toMatchObject({ code: 'superseded' })
})

test('taking back a removal brings the stream back with its identity and its history', () => {
  opened.set('a', 'rtsp://u:hunter2@h')
  const id = opened.idOf('a')
  undo(remove('a').correlationId)
  expect(opened.idOf('a')).toBe(id)
  expect(opened.streams).toEqual({ a: ['rtsp://u:hunter2@h'] })
  expect(opened.configuration.store.load(id!).map(({ event }) => event.type)).toEqual([
    'StreamAdded',
    'StreamRemoved',
    'StreamAdded',
  ])
})

test('taking back can be taken back', () => {
  opened.set('a', 'x:1')
  const changed = opened.set('a', 'y:2')
  const undone = undo(changed.correlationId)
  expect(opened.streams).toEqual({ a: ['x:1'] })
  const redone = undo(undone.correlationId)
  expect(opened.streams).toEqual({ a: ['y:2'] })
  undo(redone.correlationId)
  expect(opened.streams).toEqual({ a: ['x:1'] })
})

test('what came later and touched something else stays', () => {
  opened.set('a', 'x:1')
  const renamed = rename('a', 'b')
  opened.set('b', 'y:2')
  opened.set('other', 'z:3')
  undo(renamed.correlationId)
  expect(opened.streams).toEqual({ a: ['y:2'], other: ['z:3'] })
})

test('a whole import is taken back at once', () => {
  opened.set('a', 'x:1')
  const streams = [
    { name: 'a', sources: ['y:2'] },
    { name: 'b', sources: [] },
  ]
  undo(opened.run({ type: 'ImportStreams', streams }).correlationId)
  expect(opened.streams).toEqual({ a: ['x:1'] })
})

describe('refused', () => {
  test('a change nobody made', () => {
    expect(refusalOfUndo('nothing')?.code).toBe('change_not_found')
  })

  test('when something later builds on it, naming what came later', () => {
    const added = opened.set('a', 'x:1')
    rename('a', 'b')
    opened.set('b', 'y:2')
    const refusal = refusalOfUndo(added.correlationId)
    expect(refusal?.code).toBe('superseded')
    expect(refusal?.message).toBe('b got other sources later (revision 3, by rest): take that back first')
  })

  test('twice', () => {
    opened.set('a', 'x:1')
    const changed = opened.set('a', 'y:2')
    undo(changed.correlationId)
    expect(refusalOfUndo(changed.correlationId)?.code).toBe('superseded')
  })

  test('when the old name is used by another stream now', () => {
    opened.set('a', 'x:1')
    const removed = remove('a')
    opened.set('a', 'y:2')
    expect(refusalOfUndo(removed.correlationId)?.code).toBe('name_taken')
    expect(opened.streams).toEqual({ a: ['y:2'] })
  })

  test('and shows no password', () => {
    const named = 'rtsp://u:hunter2@h'
    const added = opened.set(named, named)
    opened.set(named, 'x:1')
    expect(refusalOfUndo(added.correlationId)?.message).toContain('rtsp://u:***@h got other sources')
  })
})

const names = fc.constantFrom('a', 'b', 'c')
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constant('SetStream' as const),
    name: names,
    sources: fc.array(fc.constantFrom('x:1', 'y:2'), { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('RenameStream' as const), name: names, to: names }),
  fc.record({ type: fc.constant('RemoveStream' as const), name: names }),
)

const tryRun = (on: OpenedConfiguration, order: Command) => {
  try {
    return on.run(order)
  } catch (error) {
    if (refusalOf(error) === undefined) throw error
    return undefined
  }
}

test('whatever was done last can be taken back, identities and all', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 12 }), orders => {
      using other = new OpenedConfiguration()
      for (const order of orders) {
        const before = JSON.stringify(['a', 'b', 'c'].map(name => [other.idOf(name), other.streams[name]]))
        const decision = tryRun(other, order)
        if (decision === undefined || decision.events.length === 0) continue
        const again = () => JSON.stringify(['a', 'b', 'c'].map(name => [other.idOf(name), other.streams[name]]))
        const after = again()
        const undone = other.run({ type: 'Undo', correlationId: decision.correlationId })
        expect(again()).toBe(before)
        other.run({ type: 'Undo', correlationId: undone.correlationId })
        expect(again()).toBe(after)
      }
    }),
    { numRuns: 20 },
  )
})

test('any earlier revision comes back, identities and all', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 12 }), fc.nat(), (orders, pick) => {
      using other = new OpenedConfiguration()
      const states = new Map<number, string>()
      const state = () => JSON.stringify(['a', 'b', 'c'].map(name => [other.idOf(name), other.streams[name]]))
      states.set(0, state())
      for (const order of orders) {
        tryRun(other, order)
        states.set(other.configuration.store.position, state())
      }
      const [position, wanted] = [...states][pick % states.size]!
      other.run({ type: 'RevertTo', position })
      expect(state()).toBe(wanted)
      expect(other.run({ type: 'RevertTo', position }).events).toEqual([])
    }),
    { numRuns: 20 },
  )
})

test('a revision that never was cannot be gone back to', () => {
  opened.set('a', 'x:1')
  for (const position of [-1, 2, 0.5, Number.NaN])
    expect(() => opened.run({ type: 'RevertTo', position })).toThrow(
      expect.objectContaining({ code: 'position_unknown' }),
    )
})

test('what streams must become is told before anything is done', () => {
  const { correlationId } = opened.set('a', 'x:1')
  expect([...wantedWithout(opened.configuration.store, correlationId)]).toEqual([[opened.idOf('a'), undefined]])
})
