import { expect, test } from 'vitest'
import { LimitError } from '#media/runtime/errors.ts'
import { streamFor } from '#server/rest/stream-for.ts'

const engine = {
  findStream: (asked: string) => (asked === 'porch' ? 'porch' : undefined),
  borrowStream: (source: string, name: string) => {
    if (name === 'full') throw new LimitError('streams made on the fly', 100)
    return `${name}<${source}>`
  },
  checkSource: (source: string) => source as never,
}

test.each([
  ['src=porch', 'porch'],
  ['src=porch&name=other', 'porch'],
  ['src=rtsp://a/b', 'rtsp://a/b<rtsp://a/b>'],
  ['src=rtsp://a/b&name=cam', 'cam<rtsp://a/b>'],
])('%s is watched as %s', (query, expected) => {
  expect(streamFor(engine, new URLSearchParams(query))).toBe(expected)
})

test.each([
  ['', 404, 'stream not found'],
  ['src=nobody', 404, 'stream not found'],
  ['src=exec:ls', 400, 'streams: source from insecure producer'],
  ['src=rtsp://a/b&name=full', 400, 'streams: streams made on the fly: more than 100'],
])('%s is refused', (query, status, message) => {
  expect(() => streamFor(engine, new URLSearchParams(query))).toThrow(expect.objectContaining({ status, message }))
})
