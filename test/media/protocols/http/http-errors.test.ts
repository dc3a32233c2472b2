import { expect, test } from 'vitest'
import { HttpSourceError, httpSourceErrors } from '#media/protocols/http/http-errors.ts'

test.each([
  { error: httpSourceErrors.hlsNotSupported('it sings'), code: 'hls_not_supported', says: 'it sings' },
  { error: httpSourceErrors.brokenOff(new Error('aborted')), code: 'connection_lost', says: 'aborted' },
  { error: httpSourceErrors.ended(), code: 'closed_by_peer', says: 'the camera ended its answer' },
])('$code is told for programs and for people', ({ error, code, says }) => {
  expect(error).toBeInstanceOf(HttpSourceError)
  expect(error.code).toBe(code)
  expect(error.message).toContain(says)
})
