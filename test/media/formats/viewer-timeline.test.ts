import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { TrackTimeline, ViewerTimeline } from '#media/formats/viewer-timeline.ts'
import { millis, ticks } from '#media/runtime/units.ts'

const video: Codec = { kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' }
const audio: Codec = { kind: 'audio', name: 'MPEG4-GENERIC', clockRate: 48_000, channels: 2, formatParameters: '' }
const unit = (decodingTime: number, compositionOffset = 0): AccessUnit =>
  new AccessUnit({
    keyframe: true,
    decodingTime: ticks(decodingTime),
    compositionOffset,
    framing: 'frame',
    parts: [Buffer.of(0xfc)],
    configuration: [],
    arrivedAt: millis(0),
  })
/** Places units of these times; each as `[decodeTime, duration]`. */
const place = (timeline: TrackTimeline, times: readonly number[]) =>
  times.map(time => {
    const placed = timeline.place(unit(time))
    return placed && [placed.decodeTime, placed.duration]
  })

describe('one track', () => {
  test('begins at 0 and goes on without a hole', () => {
    const timeline = new TrackTimeline(new ViewerTimeline(), video)
    expect(place(timeline, [500_000, 503_600, 507_200])).toEqual([
      [0, 3600],
      [3600, 3600],
      [7200, 3600],
    ])
  })

  test('shows what comes after a gap longer, so that there is no hole, and is right again after it', () => {
    const timeline = new TrackTimeline(new ViewerTimeline(), video)
    // Ten pictures are missing.
    const placed = place(timeline, [0, 3600, 7200, 46_800, 50_400])
    const [before, covering, after] = placed.slice(2) as [number, number][]
    expect(covering![0]).toBe(before![0] + before![1])
    expect(after![0]).toBe(covering![0] + covering![1])
    expect(Math.abs(after![0] - 50_400)).toBeLessThan(9000)
  })

  test('learns how long pictures last', () => {
    const timeline = new TrackTimeline(new ViewerTimeline(), video)
    expect(place(timeline, [0, 9000, 18_000, 27_000])).toEqual([
      [0, 3600],
      [3600, 14_400],
      [18_000, 9000],
      [27_000, 9000],
    ])
    const slower = Array.from({ length: 60 }, (_, index) => 36_000 + index * 18_000)
    const [last] = place(timeline, slower).slice(-1)
    expect(Math.abs(last![1]! - 18_000)).toBeLessThan(100)
  })

  test('leaves out a silence of more than a second', () => {
    const timeline = new TrackTimeline(new ViewerTimeline(), video)
    expect(place(timeline, [0, 3600, 30 * 90_000, 30 * 90_000 + 3600])).toEqual([
      [0, 3600],
      [3600, 3600],
      [7200, 3600],
      [10_800, 3600],
    ])
  })

  test('goes on where its times go far back', () => {
    const timeline = new TrackTimeline(new ViewerTimeline(), video)
    expect(place(timeline, [900_000, 903_600, 3600, 7200])).toEqual([
      [0, 3600],
      [3600, 3600],
      [7200, 3600],
      [10_800, 3600],
    ])
  })

  test('squeezes pictures, and drops sound, where times go back a little', () => {
    const pictures = place(new TrackTimeline(new ViewerTimeline(), video), [0, 3600, 7200, 1800, 5400])
    expect(pictures[3]).toEqual([10_800, 1])
    const sound = place(new TrackTimeline(new ViewerTimeline(), audio), [0, 1024, 2048, 0, 1024, 2048, 3072])
    expect(sound.slice(3)).toEqual([undefined, undefined, [3072, 1], [3073, 1023]])
  })

  test('shows B-pictures when they are due, whenever they are decoded', () => {
    const timeline = new TrackTimeline(new ViewerTimeline(), video)
    const order = [0, 10_800, 3600, 7200, 21_600, 14_400, 18_000]
    let last = -1
    const shown = order.map(time => {
      const decodingTime = Math.max(time, last + 1)
      last = decodingTime
      const placed = timeline.place(unit(decodingTime, time - decodingTime))!
      return placed.decodeTime + placed.compositionOffset
    })
    // The first two are placed before it is known that there are any.
    expect(shown.slice(2)).toEqual(order.slice(2))
  })

  test('of Opus knows how long a packet lasts', () => {
    const opus = { ...audio, name: 'OPUS' }
    expect(place(new TrackTimeline(new ViewerTimeline(), opus), [48_000])).toEqual([[0, 960]])
  })
})

describe('two tracks', () => {
  test('stand on one base', () => {
    const viewer = new ViewerTimeline()
    const pictures = new TrackTimeline(viewer, video)
    const sound = new TrackTimeline(viewer, audio)
    expect(place(pictures, [10 * 90_000])).toEqual([[0, 3600]])
    expect(place(sound, [10 * 48_000 + 4800])).toEqual([[4800, 1024]])
  })

  test('begin together: what one has from before is left out', () => {
    const viewer = new ViewerTimeline()
    const pictures = new TrackTimeline(viewer, video)
    const sound = new TrackTimeline(viewer, audio)
    place(pictures, [900_000, 903_600])
    expect(place(sound, [480_000 - 2048, 480_000 - 1024, 480_000])).toEqual([undefined, undefined, [0, 1024]])
  })

  test('stay together after a silence', () => {
    const viewer = new ViewerTimeline()
    const pictures = new TrackTimeline(viewer, video)
    const sound = new TrackTimeline(viewer, audio)
    place(pictures, [0, 3600])
    place(sound, [0, 1024, 2048])
    expect(place(pictures, [60 * 90_000])).toEqual([[7200, 3600]])
    const [[decodeTime, duration] = []] = place(sound, [60 * 48_000]) as [number[]]
    expect((decodeTime! + duration!) / 48_000).toBeCloseTo(7200 / 90_000 + 1024 / 48_000, 3)
  })

  test('leave no silence out while one of them goes on', () => {
    const viewer = new ViewerTimeline()
    const pictures = new TrackTimeline(viewer, video)
    const sound = new TrackTimeline(viewer, audio)
    place(pictures, [0])
    place(
      sound,
      Array.from({ length: 150 }, (_, index) => index * 1024),
    )
    const [[decodeTime, duration] = []] = place(pictures, [3 * 90_000]) as [number[]]
    expect(decodeTime! + duration!).toBeGreaterThan(3 * 90_000)
  })
})

test('whatever the times, a track has no hole and no overlap', () => {
  const steps = fc.array(fc.integer({ min: -200_000, max: 200_000 }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.constantFrom(video, audio), (all, codec) => {
      const timeline = new TrackTimeline(new ViewerTimeline(), codec)
      let time = 1e9
      let end = 0
      for (const step of all) {
        time += step
        const placed = timeline.place(unit(time))
        if (placed === undefined) continue
        expect(placed.decodeTime).toBe(end)
        expect(placed.duration).toBeGreaterThanOrEqual(1)
        expect(Number.isSafeInteger(placed.decodeTime)).toBe(true)
        end = placed.decodeTime + placed.duration
      }
    }),
  )
})
