import { expect, test } from 'vitest'
import { ClosedError, describeError, LimitError, MalformedError, TimedOutError } from '#media/runtime/errors.ts'

test.each([
  [new MalformedError('no header', 3), 'malformed', 'no header (at byte 3)'],
  [new LimitError('headers', 128), 'limit', 'headers: more than 128'],
  [new TimedOutError('the camera', 5000), 'timed_out', 'the camera: no answer in 5 s'],
  [new ClosedError('the source'), 'closed', 'the source is closed'],
  [Object.assign(new Error('boom'), { code: 'ECONNRESET' }), 'ECONNRESET', 'boom'],
  [new Error('plain'), 'internal', 'plain'],
  ['a string', 'internal', 'a string'],
])('%s is described by code and sentence', (error, code, message) => {
  expect(describeError(error)).toEqual({ code, message })
})

test('an error is called by its class', () => {
  expect(new LimitError('x', 1).name).toBe('LimitError')
})
