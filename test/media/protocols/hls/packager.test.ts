import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { MuxedTrack } from '#media/formats/muxer.ts'
import {
  PART_SECONDS,
  Packager,
  SEGMENT_BYTES_MAX,
  SEGMENT_SECONDS_MAX,
  SOUND_WAIT_SECONDS,
} from '#media/protocols/hls/packager.ts'
import { SegmentStore, type StoredSegment } from '#media/protocols/hls/segment-store.ts'
import type { SegmentWriter } from '#media/protocols/hls/segment-writer.ts'
import { millis, ticks } from '#media/runtime/units.ts'

const codec = (kind: 'video' | 'audio'): Codec => ({
  ...{ kind, name: kind === 'video' ? 'H264' : 'MPEG4-GENERIC', channels: 0, formatParameters: '' },
  clockRate: 90_000,
})
const video: MuxedTrack = { id: 1, codec: codec('video'), configuration: [] }
const audio: MuxedTrack = { id: 2, codec: codec('audio'), configuration: [] }

const unit = (keyframe: boolean, text: string, sizeBytes = 0): AccessUnit =>
  new AccessUnit({
    ...{ keyframe, decodingTime: ticks(0), framing: 'frame', configuration: [], arrivedAt: millis(0) },
    parts: [sizeBytes === 0 ? Buffer.from(text) : Buffer.alloc(sizeBytes)],
  })

/** Writes a unit as its own bytes, and a bar where a segment begins. */
const writer = (): SegmentWriter => {
  let begins = false
  return {
    open: lanes => Buffer.from(`map of ${lanes.length}`),
    begin: () => {
      begins = true
    },
    write: (_lane, { parts }) => {
      const bar = begins ? [Buffer.from('|')] : []
      begins = false
      return [...bar, ...parts]
    },
  }
}

/** When the test's time begins. */
const WALL_TIME = 1_700_000_000_000

const setUp = () => {
  const store = new SegmentStore({ bytesMax: 1e9, bytesUsed: 0 })
  const packager = new Packager(store, writer(), { now: () => millis(0), wallTime: () => millis(WALL_TIME) })
  packager.open([video, audio])
  const ends = [0, 0]
  const push = (lane: MuxedTrack, one: AccessUnit, seconds = 0.04): void => {
    const [decodeTime, duration] = [ends[lane.id - 1]!, Math.round(seconds * 90_000)]
    ends[lane.id - 1] = decodeTime + duration
    packager.push(lane, one, { decodeTime, duration, compositionOffset: 0 })
  }
  return {
    ...{ store, packager },
    picture: (keyframe: boolean, seconds?: number, sizeBytes?: number) =>
      push(video, unit(keyframe, keyframe ? 'K' : 'p', sizeBytes), seconds),
    sound: (sizeBytes?: number, seconds?: number) => push(audio, unit(true, 's', sizeBytes), seconds),
  }
}

const textOf = ({ parts }: StoredSegment): string => parts.map(({ bytes }) => bytes.toString()).join('/')

describe('the packager', () => {
  test('begins segments at keyframes, of one second at least', () => {
    const { store, picture, sound } = setUp()
    for (let index = 0; index < 101; index++) {
      picture(index % 10 === 0)
      if (index % 10 === 5) sound(0, 0.4)
    }
    expect(store.listed.map(textOf).every(text => /^\|K[pKs/]*$/.test(text))).toBe(true)
    expect(store.listed.map(({ seconds }) => seconds.toFixed(2))).toEqual(['1.20', '1.20', '1.20'])
    expect(store.map(0)?.toString()).toBe('map of 2')
  })

  test('cuts segments into parts that are no longer than they may be, and tells which begin with a keyframe', () => {
    const { store, picture } = setUp()
    for (let index = 0; index < 76; index++) picture(index % 25 === 0)
    const [segment] = store.listed
    expect(segment!.parts.map(({ seconds }) => seconds.toFixed(2))).toEqual(['0.48', '0.48', '0.04'])
    expect(segment!.parts.map(({ independent }) => independent)).toEqual([true, false, false])
    expect(segment!.seconds).toBeCloseTo(1)
    expect(store.longestPartSeconds).toBeLessThanOrEqual(PART_SECONDS)
  })

  test('lets sound before the first picture go, and begins anew with the next keyframe of another configuration', () => {
    const { store, packager, picture, sound } = setUp()
    sound()
    for (let index = 0; index < 30; index++) picture(index === 0)
    packager.open([video])
    sound()
    picture(false)
    picture(true)
    for (let index = 0; index < 30; index++) picture(false)
    picture(true)
    expect(store.listed.map(({ map, discontinuity }) => [map, discontinuity])).toEqual([
      [0, false],
      [1, true],
    ])
    expect(textOf(store.listed[0]!).replaceAll('/', '')).toBe(`|K${'p'.repeat(29)}`)
    expect(store.map(1)?.toString()).toBe('map of 1')
  })

  test('ends a segment without a keyframe when none comes for long, or it grows too large', () => {
    const slow = setUp()
    for (let second = 0; second <= SEGMENT_SECONDS_MAX; second++) slow.picture(second === 0, 1)
    expect(slow.store.listed.map(({ seconds }) => seconds)).toEqual([SEGMENT_SECONDS_MAX])
    const large = setUp()
    for (let index = 0; index < 4; index++) large.picture(index === 0, 0.1, SEGMENT_BYTES_MAX / 2)
    expect(large.store.listed.map(({ sizeBytes }) => sizeBytes)).toEqual([SEGMENT_BYTES_MAX + 1])
  })

  test('puts sound into the part that it belongs to, which waits for it', () => {
    const { store, picture, sound } = setUp()
    picture(true)
    for (let index = 0; index < 10; index++) sound()
    for (let index = 1; index < 14; index++) picture(false)
    expect(store.open?.parts).toHaveLength(0)
    sound()
    sound()
    expect(store.open?.parts.map(({ bytes }) => String(bytes))).toEqual([`|K${'s'.repeat(10)}${'p'.repeat(11)}ss`])
  })

  test('waits for sound only so long', () => {
    const { store, picture, sound } = setUp()
    picture(true)
    sound()
    for (let index = 1; index < 12 + SOUND_WAIT_SECONDS / 0.04; index++) picture(false)
    expect(store.open?.parts).toHaveLength(0)
    picture(false)
    expect(store.open?.parts).toHaveLength(1)
  })

  test('lets sound go that comes without pictures for very long', () => {
    const { store, picture, sound } = setUp()
    picture(true)
    for (let index = 0; index < 5; index++) sound(SEGMENT_BYTES_MAX)
    picture(true, 1)
    picture(true, 1)
    expect(store.listed[0]!.sizeBytes).toBeLessThan(1.1 * SEGMENT_BYTES_MAX)
  })

  test('tells when a segment’s first picture was taken', () => {
    const { store, packager } = setUp()
    const one = new AccessUnit({
      ...{ keyframe: true, framing: 'frame', configuration: [], arrivedAt: millis(0), parts: [Buffer.from('K')] },
      ...{ decodingTime: ticks(90_000), compositionOffset: 9_000 },
    })
    packager.push(video, one, { decodeTime: 0, duration: 3600, compositionOffset: 9_000 })
    expect(store.open?.beganAt).toBe(WALL_TIME + 1100)
  })

  test('loses nothing and turns nothing round, whatever comes', () => {
    const events = fc.array(
      fc.record({ keyframe: fc.boolean(), seconds: fc.double({ min: 0.01, max: 2, noNaN: true }) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    fc.assert(
      fc.property(events, all => {
        const { store, picture } = setUp()
        for (const [index, { keyframe, seconds }] of all.entries()) picture(index === 0 || keyframe, seconds)
        const segments = [...store.listed, ...(store.open === undefined ? [] : [store.open])]
        for (const { parts, seconds } of segments)
          expect(parts.reduce((sum, one) => sum + one.seconds, 0)).toBeCloseTo(seconds)
        for (const [index, one] of segments.entries())
          if (index > 0 && segments[index - 1]!.seconds < SEGMENT_SECONDS_MAX) expect(textOf(one)).toMatch(/^(\|K|$)/)
        const numbers = segments.map(({ number }) => number)
        expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index))
      }),
    )
  })
})
