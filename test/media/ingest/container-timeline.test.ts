import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContainerTimeline } from '#media/ingest/container-timeline.ts'
import { millis, ticks } from '#media/runtime/units.ts'

/** Video and 48 kHz sound, and a clock that a test moves. */
const setUp = (nowMs = 1000) => {
  const clock = { nowMs }
  const now = () => millis(clock.nowMs)
  const timeline = new ContainerTimeline(
    { now, wallTime: now, after: () => ({ [Symbol.dispose]() {} }), every: () => ({ [Symbol.dispose]() {} }) },
    [90_000, 48_000],
  )
  const at = (track: number, seconds: number): number => {
    const rate = track === 0 ? 90_000 : 48_000
    return Number((timeline.place(track, ticks(Math.round(seconds * rate))) / rate).toFixed(4))
  }
  return { clock, timeline, at }
}

describe('a container’s times', () => {
  test('begin now, and keep their distances', () => {
    const { at } = setUp(5000)
    expect([at(0, 100), at(1, 100.5), at(0, 100.04), at(1, 99.9)]).toEqual([5, 5.5, 5.04, 5.5])
  })

  test('go on where the container starts over, for all tracks alike', () => {
    const { at, clock } = setUp()
    at(0, 500)
    at(1, 500.2)
    clock.nowMs = 2000
    expect(at(0, 0)).toBe(2)
    // Its sound is still of before.
    expect(at(1, 500.3)).toBe(1.3)
    expect(at(1, 0.1)).toBe(2.1)
    expect(at(0, 0.2)).toBe(2.2)
  })

  test.each([
    { name: 'a jump ahead', from: 0, to: 11 },
    { name: 'a jump back', from: 100, to: 98.5 },
  ])('begin anew after $name', ({ from, to }) => {
    const { at, clock } = setUp()
    at(0, from)
    clock.nowMs = 1500
    expect([at(0, to), at(1, to + 0.5)]).toEqual([1.5, 2])
  })

  test('bear with what is late or comes early', () => {
    const { at, clock } = setUp()
    at(0, 0)
    clock.nowMs = 9000
    expect([at(0, 0.04), at(0, 9.9)]).toEqual([1.04, 10.9])
  })

  test('are now again after a long silence', () => {
    const { at, clock } = setUp()
    at(0, 0)
    clock.nowMs = 20_000
    expect([at(0, 0.04), at(0, 0.08)]).toEqual([20, 20.04])
  })

  test('never go back behind what was given, when they begin anew', () => {
    const { at } = setUp()
    expect([at(0, 0), at(0, 5), at(0, 100)]).toEqual([1, 6, 6])
  })

  test('that are missing are those of arrival', () => {
    const { timeline, clock } = setUp()
    expect([timeline.place(0, undefined), timeline.place(0, undefined)]).toEqual([90_000, 90_001])
    clock.nowMs = 1040
    expect(timeline.place(0, undefined)).toBe(93_600)
  })

  test('rise strictly, whatever the container says', () => {
    const step = fc.tuple(fc.nat(1), fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), fc.nat(20_000))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), steps => {
        const { timeline, clock } = setUp()
        const last = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
        for (const [track, seconds, waitedMs] of steps) {
          clock.nowMs += waitedMs
          const time = timeline.place(track, seconds === null ? undefined : ticks(Math.round(seconds * 90_000)))
          expect(time).toBeGreaterThan(last[track]!)
          expect(Number.isFinite(time)).toBe(true)
          last[track] = time
        }
      }),
    )
  })
})
