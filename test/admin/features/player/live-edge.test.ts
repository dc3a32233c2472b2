// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepAtEdge, type PlayPosition } from '../../../../apps/admin/src/features/player/live-edge.ts'

const at = (position: Partial<PlayPosition>): PlayPosition => ({
  currentTime: 100,
  bufferedStart: 95,
  bufferedEnd: 100.4,
  oldest: 95,
  rate: 1,
  ...position,
})

test.each([
  ['close to the newest picture, nothing is done', {}, { rate: 1 }],
  ['a little behind, it plays a little faster', { bufferedEnd: 101.2 }, { rate: 1.1 }],
  ['while it catches up it keeps hurrying', { bufferedEnd: 100.7, rate: 1.1 }, { rate: 1.1 }],
  ['a moderate distance alone does not make it hurry', { bufferedEnd: 100.7 }, { rate: 1 }],
  ['when it has caught up it is calm again', { bufferedEnd: 100.4, rate: 1.1 }, { rate: 1 }],
  ['far behind, it jumps', { bufferedEnd: 110 }, { rate: 1, seekTo: 109.7 }],
  ['before what is buffered, it jumps in', { currentTime: 0 }, { rate: 1, seekTo: 100.1 }],
  [
    'after a gap in time, it jumps over it',
    { bufferedStart: 500, bufferedEnd: 500.1 },
    { rate: 1, seekTo: 500, dropBefore: 490 },
  ],
  ['past the end, it jumps back', { currentTime: 200, bufferedEnd: 100.4 }, { rate: 1, seekTo: 100.1 }],
  ['what was played long ago is dropped', { oldest: 70 }, { rate: 1, dropBefore: 90 }],
  ['what was played a while ago is kept until it is worth the pause', { oldest: 81 }, { rate: 1 }],
])('%s', (_name, position, correction) => {
  const { seekTo, ...rest } = keepAtEdge(at(position))
  const { seekTo: wanted, ...others } = correction as { seekTo?: number; rate: number }
  expect(rest).toEqual(others)
  if (wanted === undefined) expect(seekTo).toBeUndefined()
  else expect(seekTo).toBeCloseTo(wanted)
})

test('a jump always lands in what is buffered, and what is dropped was played', () => {
  const seconds = fc.double({ min: 0, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(seconds, seconds, seconds, seconds, (currentTime, one, other, third) => {
      const [oldest = 0, bufferedStart = 0, bufferedEnd = 0] = [one, other, third].sort((a, b) => a - b)
      const { seekTo, dropBefore } = keepAtEdge({ currentTime, bufferedStart, bufferedEnd, oldest, rate: 1 })
      const now = seekTo ?? currentTime
      expect(now).toBeGreaterThanOrEqual(bufferedStart)
      expect(now).toBeLessThanOrEqual(bufferedEnd)
      if (dropBefore !== undefined) expect(dropBefore).toBeLessThan(now)
    }),
  )
})
