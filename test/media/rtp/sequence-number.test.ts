import { expect, test } from 'vitest'
import { sequenceAfter, sequenceDistance } from '#media/rtp/sequence-number.ts'

test.each([
  { from: 1, to: 2, distance: 1 },
  { from: 65_535, to: 0, distance: 1 },
  { from: 0, to: 65_535, distance: -1 },
  { from: 5, to: 5, distance: 0 },
  { from: 0, to: 32_767, distance: 32_767 },
  { from: 0, to: 32_768, distance: -32_768 },
])('$to is $distance ahead of $from', ({ from, to, distance }) => {
  expect(sequenceDistance(from, to)).toBe(distance)
})

test('the number after the last is 0', () => {
  expect([sequenceAfter(7), sequenceAfter(65_535)]).toEqual([8, 0])
})
