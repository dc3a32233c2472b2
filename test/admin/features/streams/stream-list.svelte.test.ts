import { expect, test } from 'vitest'
import { Live } from '../../../../apps/admin/src/api/live.svelte.ts'
import { StreamList } from '../../../../apps/admin/src/features/streams/stream-list.svelte.ts'
import { statusOf, streamOf, systemAt } from '../../stream-data.ts'

function listed() {
  const live = new Live()
  live.load(systemAt(1), [
    streamOf('Front door', { state: 'LIVE', viewerCount: 2 }, ['rtsp://10.0.0.1/live']),
    streamOf('garage', { state: 'RECONNECTING', viewerCount: 1 }, ['rtsp://10.0.0.2/live']),
    streamOf('garden', { state: 'PAUSED' }, ['rtsp://10.0.0.3/live', 'demo:']),
    streamOf('attic', {}, ['rtsp://10.0.0.4/live']),
  ])
  return { live, list: new StreamList(live) }
}

const names = (list: StreamList) => list.rows.map(({ name }) => name)

test('everything is listed, by name', () => {
  expect(names(listed().list)).toEqual(['attic', 'Front door', 'garage', 'garden'])
})

test.each([
  ['gar', ['garage', 'garden']],
  ['FRONT', ['Front door']],
  ['10.0.0.4', ['attic']],
  ['demo gard', ['garden']],
  ['  ', ['attic', 'Front door', 'garage', 'garden']],
  ['nothing', []],
])('%j finds %j', (text, found) => {
  const { list } = listed()
  list.text = text
  expect(names(list)).toEqual(found)
})

test('live ones and those in trouble can be had alone, and are counted', () => {
  const { list } = listed()
  list.filter = 'live'
  expect(names(list)).toEqual(['Front door'])
  list.filter = 'troubled'
  expect(names(list)).toEqual(['garage', 'garden'])
  expect([list.liveCount, list.troubledCount]).toEqual([1, 2])
})

test('a stream that gets into trouble joins those that are', () => {
  const { live, list } = listed()
  list.filter = 'troubled'
  live.receive({
    __typename: 'StatusChanged',
    statuses: [statusOf('attic', { state: 'FAILED' }), statusOf('garage', { state: 'LIVE' })],
  })
  live.receive({ __typename: 'StatusChanged', statuses: [statusOf('garden', { state: 'PAUSED' })] })
  expect(names(list)).toEqual(['attic', 'garden'])
})

test('clearing shows everything again', () => {
  const { list } = listed()
  list.text = 'x'
  list.filter = 'live'
  list.clear()
  expect(list.rows).toHaveLength(4)
})

test('it is empty only when the server has said so', () => {
  const live = new Live()
  const list = new StreamList(live)
  expect(list.isEmpty).toBe(false)
  live.load(systemAt(0), [])
  expect(list.isEmpty).toBe(true)
})

test('a narrowed list begins at its top', () => {
  const { list } = listed()
  list.scrollTop = 500
  list.text = 'gar'
  expect(list.scrollTop).toBe(0)
  list.scrollTop = 500
  list.filter = 'live'
  expect(list.scrollTop).toBe(0)
})
