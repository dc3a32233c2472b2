import { expect, test } from 'vitest'
import { SampleLine } from '#media/codecs/pcm/sample-line.ts'

test('times may tremble by a tenth of a second around what the samples say', () => {
  const line = new SampleLine(8000)
  const follows = [1000, 1160, 1320 + 800, 1480 - 800, 1640].map(time => line.follow(time, 160))
  expect(follows).toEqual([false, true, true, true, true])
})

test('a gap, a jump back and a slow drift begin a new line', () => {
  const line = new SampleLine(8000)
  expect([0, 161, 1000 + 161, 100].map(time => line.follow(time, 160))).toEqual([false, true, false, false])
  const drifting = new SampleLine(8000)
  const follows = Array.from({ length: 12 }, (_, i) => drifting.follow(i * 240, 160))
  expect(follows.indexOf(false, 1)).toBe(11)
})
