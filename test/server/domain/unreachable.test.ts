import { expect, test } from 'vitest'
import { unreachable } from '#server/domain/unreachable.ts'

test('names the member that nobody thought of', () => {
  expect(() => unreachable({ type: 'Forgotten' } as never)).toThrow(
    new TypeError('not a case that exists: {"type":"Forgotten"}'),
  )
})
