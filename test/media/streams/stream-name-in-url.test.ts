import { expect, test } from 'vitest'
import { streamNameInUrl } from '#media/streams/stream-name-in-url.ts'

test.each([
  ['rtsp://anyhost:8554/front', 'front'],
  ['rtsp://u:p@10.0.0.2/front%20door?video', 'front door'],
  ['rtsp://h/a/b#x', 'a/b'],
  ['rtsp://h/50%', '50%'],
  ['rtsp://h/', undefined],
  ['http://h/front', undefined],
  ['front', undefined],
])('%s may name %s', (url, name) => {
  expect(streamNameInUrl(url)).toBe(name)
})
