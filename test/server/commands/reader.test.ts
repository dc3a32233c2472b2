import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { Reader } from '#server/commands/reader.ts'
import { OpenedConfiguration } from '#test/helpers/opened-configuration.ts'

let opened: OpenedConfiguration
let reader: Reader

beforeEach(() => {
  opened = new OpenedConfiguration()
  for (let turn = 1; turn <= 5; turn++) opened.set(`s${turn % 2}`, `x:${turn}`)
  reader = new Reader({ dataFolder: opened.folder.path })
  onTestFinished(() => {
    reader.close()
    opened[Symbol.dispose]()
  })
})

const positions = (events: readonly { readonly position: number }[]) => events.map(({ position }) => position)

test('pages of the log, newest first, say whether there is more', () => {
  const first = reader.events({ first: 2 })
  expect([positions(first.events), first.hasMore]).toEqual([[5, 4], true])
  const last = reader.events({ first: 3, before: 4 })
  expect([positions(last.events), last.hasMore]).toEqual([[3, 2, 1], false])
})

test('a page of one stream', () => {
  expect(positions(reader.events({ first: 9, streamId: opened.idOf('s0')! }).events)).toEqual([4, 2])
})

test.for([-1, 0, Number.NaN, 1e9, 0.5])('a page of %s is a page within the limits', first => {
  const { length } = reader.events({ first }).events
  expect(length).toBeGreaterThanOrEqual(1)
  expect(length).toBeLessThanOrEqual(5)
})

test('what was missed, oldest first', () => {
  expect(positions(reader.eventsAfter(3))).toEqual([4, 5])
  expect(reader.eventsAfter(5)).toEqual([])
})

test('what is committed meanwhile is seen', () => {
  opened.set('later')
  expect(positions(reader.eventsAfter(5))).toEqual([6])
})

test('revisions and what is different between them', () => {
  expect(reader.configAt(1).map(({ name }) => name)).toEqual(['s1'])
  expect(reader.diff({ from: 1, to: 2 })).toMatchObject([{ kind: 'added', after: { name: 's0', sources: ['x:2'] } }])
})

test('a go2rtc.yaml is read, with what is wrong in the answer', () => {
  expect(reader.readYaml('streams: {a: x:1, "b\\n": y:2}')).toMatchObject({
    streams: [{ name: 'a', sources: ['x:1'] }],
    notes: [{ message: expect.stringContaining('skipped') }],
  })
  expect(reader.readYaml('streams: [')).toMatchObject({ streams: [], error: { line: 1 } })
})
