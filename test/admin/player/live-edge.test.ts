// @vitest-environment node
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepAtEdge, type PlayPosition } from '../../../apps/admin/src/player/live-edge.ts'

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
  ['whoever pauses may look at a picture for a while', { bufferedEnd: 120, paused: true }, { rate: 1.1 }],
  [
    'who pauses for too long is taken along',
    { bufferedEnd: 140, paused: true, oldest: 99 },
    { rate: 1, seekTo: 139.7, dropBefore: 129.7 },
  ],
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

/** Milliseconds between two pictures. */
const FRAME_MS = 40

/** A player that is fed each picture when it arrives, on a clock that only counts. */
class SimulatedPlayer {
  currentTime = 0
  oldest = 0
  end = 0
  rate = 1
  jumps = 0

  /** One picture has come; since the last one, `elapsedMs` went by on the wall. */
  feed(elapsedMs: number, speed: number): void {
    this.currentTime = Math.min(this.end, this.currentTime + (elapsedMs / 1000) * this.rate * speed)
    this.end += FRAME_MS / 1000
    const { currentTime, oldest, end, rate } = this
    const correction = keepAtEdge({ currentTime, bufferedStart: oldest, bufferedEnd: end, oldest, rate })
    if (correction.seekTo !== undefined) {
      this.currentTime = correction.seekTo
      this.jumps++
    }
    this.rate = correction.rate
    if (correction.dropBefore !== undefined) this.oldest = correction.dropBefore
  }
}

test.each([
  ['a browser that plays a thousandth too slowly', () => FRAME_MS, 0.999, 0],
  ['a browser that plays a thousandth too fast', () => FRAME_MS, 1.001, 0],
  ['a camera whose pictures come unevenly', (count: number) => (count % 3) * FRAME_MS, 1, 0],
  [
    'a network that stops for 5 s each minute',
    (count: number) => (count % 1500 === 0 ? 5000 : FRAME_MS * 0.96),
    1,
    700,
  ],
])('ten hours of %s stay near the newest picture, in a bounded buffer', (_name, elapsed, speed, jumpsMax) => {
  const player = new SimulatedPlayer()
  let [behindMax, bufferedMax] = [0, 0]
  for (let count = 1; count <= (10 * 3600 * 1000) / FRAME_MS; count++) {
    player.feed(elapsed(count), speed)
    behindMax = Math.max(behindMax, player.end - player.currentTime)
    bufferedMax = Math.max(bufferedMax, player.end - player.oldest)
  }
  expect(player.end).toBeCloseTo(36_000)
  expect(behindMax).toBeLessThanOrEqual(3.1)
  expect(bufferedMax).toBeLessThan(25)
  expect(player.jumps).toBeLessThanOrEqual(jumpsMax)
})
