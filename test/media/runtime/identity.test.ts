import { expect, test } from 'vitest'
import { nextIdentity } from '#media/runtime/identity.ts'

test('numbers are positive, and none comes twice', () => {
  const numbers = Array.from({ length: 1000 }, nextIdentity)
  expect(new Set(numbers).size).toBe(1000)
  expect(Math.min(...numbers)).toBeGreaterThan(0)
})
