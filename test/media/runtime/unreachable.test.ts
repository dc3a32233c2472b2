import { expect, test } from 'vitest'
import { unreachable } from '#media/runtime/unreachable.ts'

test('a value that should not exist is named', () => {
  expect(() => unreachable({ type: 'forgotten' } as never)).toThrow('{"type":"forgotten"}')
})
