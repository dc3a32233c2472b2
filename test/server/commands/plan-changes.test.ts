import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planChanges, type StreamShape, type WantedStreams } from '#server/commands/plan-changes.ts'

const shape = (name: string, ...sources: readonly string[]): StreamShape => ({ name, sources })
const running = (preload: string | undefined, stream: StreamShape): StreamShape =>
  preload === undefined ? { name: stream.name, sources: stream.sources } : { ...stream, preload }
const current = new Map([
  ['1', shape('a', 'x:1')],
  ['2', shape('b', 'y:2')],
  ['r', running('', shape('r'))],
])

const rows: readonly { readonly name: string; readonly wanted: WantedStreams; readonly plan: readonly unknown[] }[] = [
  { name: 'what is so needs nothing', wanted: current, plan: [] },
  {
    name: 'a stream goes before another takes its name',
    wanted: new Map([
      ['2', shape('a', 'y:2')],
      ['1', undefined],
    ]),
    plan: [
      { streamId: '1', command: { type: 'RemoveStream' } },
      { streamId: '2', command: { type: 'RenameStream', to: 'a' } },
    ],
  },
  {
    name: 'names are given out as they become free',
    wanted: new Map([
      ['1', shape('b', 'x:1')],
      ['2', shape('c', 'y:2')],
    ]),
    plan: [
      { streamId: '2', command: { type: 'RenameStream', to: 'c' } },
      { streamId: '1', command: { type: 'RenameStream', to: 'b' } },
    ],
  },
  {
    name: 'two that change names need a name for the time being',
    wanted: new Map([
      ['1', shape('b', 'x:1')],
      ['2', shape('a', 'y:2')],
    ]),
    plan: [
      { streamId: '2', command: { type: 'RenameStream', to: '~2' } },
      { streamId: '1', command: { type: 'RenameStream', to: 'b' } },
      { streamId: '2', command: { type: 'RenameStream', to: 'a' } },
    ],
  },
  {
    name: 'a stream comes with its sources, another gets new ones',
    wanted: new Map([
      ['3', shape('c', 'z:3')],
      ['1', shape('a')],
    ]),
    plan: [
      { streamId: '3', command: { type: 'AddStream', name: 'c', sources: ['z:3'] } },
      { streamId: '1', command: { type: 'ChangeSources', sources: [] } },
    ],
  },
  {
    name: 'what runs without viewers ends before others begin, also with a stream that comes',
    wanted: new Map([
      ['3', running('', shape('c'))],
      ['1', running('video', shape('a', 'x:1'))],
      ['r', shape('r')],
    ]),
    plan: [
      { streamId: '3', command: { type: 'AddStream', name: 'c', sources: [] } },
      { streamId: 'r', command: { type: 'SetPreload', query: null } },
      { streamId: '3', command: { type: 'SetPreload', query: '' } },
      { streamId: '1', command: { type: 'SetPreload', query: 'video' } },
    ],
  },
  { name: 'a stream that is not there need not go', wanted: new Map([['9', undefined]]), plan: [] },
]

test.for(rows)('$name', ({ wanted, plan }) => {
  expect(planChanges(current, wanted)).toEqual(plan)
})

test('a name of a stream that stays cannot be had', () => {
  expect(() => planChanges(current, new Map([['1', shape('b', 'x:1')]]))).toThrow(
    expect.objectContaining({ code: 'name_taken' }),
  )
})

test('any configuration leads to any other without using a name twice on the way', () => {
  const ids = ['1', '2', '3', '4', '5']
  const configuration = fc
    .tuple(
      fc.shuffledSubarray(ids),
      fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e'], { minLength: 5 }),
      fc.array(fc.option(fc.constantFrom('', 'video'), { nil: undefined }), { minLength: 5 }),
    )
    .map(([present, names, preloads]) => {
      const stream = (id: string, index: number) => shape(names[index]!, `${id}:${names.length}`)
      return new Map(present.map((id, index) => [id, running(preloads[index], stream(id, index))]))
    })
  fc.assert(
    fc.property(configuration, configuration, (from, to) => {
      const wanted = new Map<string, StreamShape | undefined>(ids.map(id => [id, to.get(id)]))
      const streams = new Map(from)
      for (const { streamId, command } of planChanges(from, wanted)) {
        const now = streams.get(streamId)
        if (command.type === 'RemoveStream') streams.delete(streamId)
        else if (command.type === 'AddStream') streams.set(streamId, shape(command.name, ...command.sources))
        else if (command.type === 'RenameStream') streams.set(streamId, { ...now!, name: command.to })
        else if (command.type === 'ChangeSources') streams.set(streamId, { ...now!, sources: command.sources })
        else streams.set(streamId, running(command.query ?? undefined, now!))
        const names = [...streams.values()].map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
      }
      expect(new Map([...streams].sort())).toEqual(new Map([...to].sort()))
    }),
  )
})
