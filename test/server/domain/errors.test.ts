import { expect, test } from 'vitest'
import { DomainRefusal } from '#server/domain/errors.ts'

test('a refusal has a code for programs and a sentence for people', () => {
  expect(new DomainRefusal('too_many', 'that is too much')).toMatchObject({
    code: 'too_many',
    message: 'that is too much',
  })
})
