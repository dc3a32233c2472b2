// @vitest-environment node
import { expect, test } from 'vitest'
import {
  actorWords,
  groupChanges,
  preloadWords,
  summarize,
} from '../../../../apps/admin/src/features/changes/change-set.ts'
import { eventAt } from '../../stream-data.ts'

const imported = [3, 2, 1].map(position => eventAt(position, { correlationId: 'import', at: 1000 }))

test('what was done at once is one change set, newest first', () => {
  const sets = groupChanges([eventAt(5), eventAt(4), ...imported])
  expect(sets.map(({ correlationId, first, last }) => [correlationId, first, last])).toEqual([
    ['change-5', 5, 5],
    ['change-4', 4, 4],
    ['import', 1, 3],
  ])
})

test('nothing makes no change set', () => {
  expect(groupChanges([])).toEqual([])
})

test('one event speaks for itself; several are counted by what they did', () => {
  const [single] = groupChanges([eventAt(1, { summary: 'porch: added' })])
  const [several] = groupChanges([
    ...imported,
    eventAt(4, { correlationId: 'import', type: 'StreamRemoved' }),
    eventAt(5, { correlationId: 'import', type: 'StreamSourcesChanged' }),
    eventAt(6, { correlationId: 'import', type: 'StreamPreloaded' }),
  ])
  expect(single && summarize(single)).toBe('porch: added')
  expect(several && summarize(several)).toBe(
    '3 streams added, 1 stream changed, 1 stream kept running, 1 stream removed',
  )
})

test('a preload is a line, and none is none', () => {
  expect([null, { preload: null }, { preload: '' }, { preload: 'video' }].map(preloadWords)).toEqual([
    [],
    [],
    ['keeps running'],
    ['keeps running: video'],
  ])
})

test('events of a kind that a newer server knows are counted all the same', () => {
  const [set] = groupChanges(imported.map(event => ({ ...event, type: 'StreamPainted' })))
  expect(set && summarize(set)).toBe('3 changes')
})

test.each([
  ['admin', 'in the admin'],
  ['file', 'in go2rtc.yaml'],
  ['rest:anna', 'anna, by the REST API'],
  ['robot', 'robot'],
])('%s did it: %s', (actor, words) => {
  expect(actorWords(actor)).toBe(words)
})
