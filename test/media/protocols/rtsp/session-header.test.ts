import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatSession, parseSession } from '#media/protocols/rtsp/session-header.ts'
import { MalformedError } from '#media/runtime/errors.ts'

test.each([
  ['4711', { id: '4711' }],
  ['4711;timeout=60', { id: '4711', timeoutSeconds: 60 }],
  [' ab-c.d+e ; Timeout = 30 ', { id: 'ab-c.d+e', timeoutSeconds: 30 }],
  ['1;x=y;timeout="10"', { id: '1', timeoutSeconds: 10 }],
  ['1;timeout=', { id: '1' }],
  ['1;timeout=0', { id: '1' }],
  ['1;timeout=-5', { id: '1' }],
  ['1;timeout=99999999', { id: '1' }],
])('a session is read: %s', (value, session) => {
  expect(parseSession(value)).toEqual(session)
})

test.each(['', ';timeout=60', 'x'.repeat(257)])('a session is refused: "%s"', value => {
  expect(() => parseSession(value)).toThrow(MalformedError)
})

test('what is written is read', () => {
  const session = fc.record(
    { id: fc.stringMatching(/^[\w.+$-]{1,20}$/), timeoutSeconds: fc.integer({ min: 1, max: 999_999 }) },
    { requiredKeys: ['id'] },
  )
  fc.assert(
    fc.property(session, written => {
      expect(parseSession(formatSession(written))).toEqual(written)
    }),
  )
})

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), value => {
      try {
        expect(parseSession(value).id).not.toBe('')
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
  )
})
