// @vitest-environment node
import { expect, test } from 'vitest'
import { renameOf } from '../../../apps/admin/src/api/event-data.ts'
import { eventAt } from '../stream-data.ts'

test('a rename tells both names, another event none', () => {
  expect(renameOf(eventAt(1, { type: 'StreamRenamed', data: '{"from":"a","to":"b"}' }))).toEqual({ from: 'a', to: 'b' })
  expect(renameOf(eventAt(1, { type: 'StreamAdded', data: '{"from":"a","to":"b"}' }))).toBeUndefined()
  expect(renameOf(eventAt(1, { type: 'StreamRenamed', data: 'null' }))).toBeUndefined()
})
