import { expect, test } from 'vitest'
import { CannotOpenError } from '#server/database/cannot-open-error.ts'

test('it has a code for programs, a sentence for people and what caused it', () => {
  const cause = new Error('EACCES')
  expect(new CannotOpenError('storage', 'the folder cannot be used', { cause })).toMatchObject({
    ...{ name: 'CannotOpenError', code: 'storage', message: 'the folder cannot be used', cause },
  })
})
