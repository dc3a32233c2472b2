import fc from 'fast-check'
import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { queryOf } from '#server/rest/query.ts'

const query = (url: string): [string, string][] => [...queryOf({ url } as FastifyRequest)]

test.each([
  ['/api/streams', []],
  ['/api/streams?', []],
  [
    '/a?src=x&src=y',
    [
      ['src', 'x'],
      ['src', 'y'],
    ],
  ],
  ['/a?src=a+b%20c%2B', [['src', 'a b c+']]],
  ['/a?src=rtsp://h/x?q=1', [['src', 'rtsp://h/x?q=1']]],
  ['/a?src=%zz', [['src', '%zz']]],
  ['/a?microphone', [['microphone', '']]],
])('%s', (url, pairs) => {
  expect(query(url)).toEqual(pairs)
})

test('any URL has a query', () => {
  fc.assert(
    fc.property(fc.string(), url => {
      expect(Array.isArray(query(url))).toBe(true)
    }),
  )
})
