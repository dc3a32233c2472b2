// @vitest-environment node
import { expect, test } from 'vitest'
import { parseStreamQuery } from '../../../apps/admin/src/embed/stream-query.ts'

test.each([
  ['?src=a', [['a', undefined]]],
  [
    '?src=a&src=b&mode=mse',
    [
      ['a', 'mse'],
      ['b', 'mse'],
    ],
  ],
  [
    '?src=a&mode=webrtc&mode=mse',
    [
      ['a', 'webrtc'],
      ['a', 'mse'],
    ],
  ],
  [
    '?src=a&src=b&src=c&mode=mse&mode=hls',
    [
      ['a', 'mse'],
      ['b', 'hls'],
      ['c', 'mse'],
    ],
  ],
  ['?src=front%20door%2F1', [['front door/1', undefined]]],
  ['?mode=mse', []],
  ['', []],
])('%s', (search, wanted) => {
  expect(parseStreamQuery(search).streams.map(({ src, mode }) => [src, mode])).toEqual(wanted)
})

test('pictures are 320 px wide at least and go on in the background, unless told otherwise', () => {
  expect(parseStreamQuery('?src=a')).toMatchObject({ width: '320px', background: true, media: undefined })
  expect(parseStreamQuery('?src=a&width=50%25&background=false&media=video')).toMatchObject({
    ...{ width: '50%', background: false, media: 'video' },
  })
})

test('no address fills a page with more than 64 pictures', () => {
  expect(parseStreamQuery(`?${'src=a&'.repeat(500)}`).streams).toHaveLength(64)
})
