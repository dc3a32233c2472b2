import { expect, test } from 'vitest'
import { Refusal } from '#server/commands/control-plane.ts'

test('a refusal has a code for programs and a sentence for people', () => {
  expect(new Refusal('too_many', 'that is too much')).toMatchObject({
    name: 'Refusal',
    code: 'too_many',
    message: 'that is too much',
  })
})
