import { expect, test } from 'vitest'
import { type Decider, fold } from '#server/domain/decider.ts'

const counter: Decider<number, 'count', 'counted'> = {
  initial: 40,
  decide: () => ['counted'],
  evolve: state => state + 1,
}

test('a history adds up from the initial state', () => {
  expect(fold(counter, ['counted', 'counted'])).toBe(42)
})

test('no history is the initial state', () => {
  expect(fold(counter, [])).toBe(40)
})
