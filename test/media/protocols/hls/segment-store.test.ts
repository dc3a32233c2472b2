import { describe, expect, test } from 'vitest'
import {
  LISTED_COUNT,
  LISTED_COUNT_MAX,
  SegmentStore,
  SegmentsFullError,
  SPARE_COUNT,
  STORE_BYTES_MAX,
  type StoredPart,
} from '#media/protocols/hls/segment-store.ts'
import { millis } from '#media/runtime/units.ts'

const part = (seconds = 1, bytes = Buffer.from('part')): StoredPart => ({
  bytes,
  seconds,
  independent: true,
  unitCount: 25,
})

/** Begins a segment and adds one part. */
const grow = (
  store: SegmentStore,
  { seconds = 1, map, discontinuity = false, bytes = 4, independent = true }: Growth = {},
): void => {
  store.begin({ map, discontinuity, beganAt: millis(0) })
  store.add({ ...part(seconds, Buffer.alloc(bytes)), independent })
}

interface Growth {
  readonly seconds?: number
  readonly map?: Buffer
  readonly discontinuity?: boolean
  readonly bytes?: number
  readonly independent?: boolean
}

const make = (bytesMax = 1e9) => {
  const budget = { bytesMax, bytesUsed: 0 }
  return { budget, store: new SegmentStore(budget) }
}

describe('a store of segments', () => {
  test('lists the newest that are complete, and keeps some more', () => {
    const { store } = make()
    for (let count = 0; count <= 20; count++) grow(store)
    expect(store.listed.map(({ number }) => number)).toEqual([14, 15, 16, 17, 18, 19])
    expect(store.open?.number).toBe(20)
    expect(store.listed).toHaveLength(LISTED_COUNT)
    expect(store.segment(20 - LISTED_COUNT - SPARE_COUNT + 1)).toBeDefined()
    expect(store.segment(20 - LISTED_COUNT - SPARE_COUNT - 1)).toBeUndefined()
  })

  test('lists more where keyframes are rare: back to the one before the newest, and no more than so many', () => {
    const { store } = make()
    for (let count = 0; count <= 25; count++) grow(store, { independent: count % 8 === 0 })
    expect(store.listed.map(({ number }) => number)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24])
    const rare = make().store
    for (let count = 0; count <= 100; count++) grow(rare, { independent: count === 0 })
    expect(rare.listed).toHaveLength(LISTED_COUNT)
    for (let count = 0; count <= 100; count++) grow(rare, { independent: count === 0 || count === 78 })
    expect(rare.listed).toHaveLength(LISTED_COUNT_MAX)
  })

  test('knows the longest segment for ever, and how much a second takes', () => {
    const { store } = make()
    grow(store, { seconds: 7, bytes: 14 })
    for (let count = 0; count < 30; count++) grow(store, { seconds: 2, bytes: 8 })
    expect([store.longestSeconds, store.longestPartSeconds, store.peakBytesPerSecond]).toEqual([7, 7, 4])
    expect(store.totals).toEqual({ seconds: 20, sizeBytes: 80, unitCount: 250 })
  })

  test('keeps an initialization as long as a segment that needs it, and counts discontinuities that went', () => {
    const { store } = make()
    grow(store, { map: Buffer.from('one') })
    grow(store, { map: Buffer.from('two'), discontinuity: true })
    expect([store.map(0), store.map(1), store.map()].map(String)).toEqual(['one', 'two', 'two'])
    for (let count = 0; count < LISTED_COUNT; count++) grow(store)
    // The discontinuity is the first that is listed.
    expect([store.listed[0]!.discontinuity, store.discontinuitySequence]).toEqual([true, 0])
    grow(store)
    expect(store.discontinuitySequence).toBe(1)
    for (let count = 0; count < LISTED_COUNT + SPARE_COUNT; count++) grow(store)
    expect(store.discontinuitySequence).toBe(1)
    expect(store.map(0)).toBeUndefined()
    expect(String(store.map(1))).toBe('two')
  })

  test('drops its oldest where its bytes or those of all are too many, and says so to whoever sends them', () => {
    const { store, budget } = make(100)
    grow(store, { bytes: 40 })
    const [first] = [store.open!]
    grow(store, { bytes: 40 })
    grow(store, { bytes: 40 })
    expect([first.gone, budget.bytesUsed, store.listed.map(({ number }) => number)]).toEqual([true, 80, [1]])
    expect(() => store.add(part(1, Buffer.alloc(30)))).toThrow(SegmentsFullError)
    const own = make()
    grow(own.store, { bytes: STORE_BYTES_MAX })
    expect(() => own.store.add(part())).toThrow(SegmentsFullError)
  })

  test('tells whoever waits of each change, and of its end, after which it holds nothing', () => {
    const { store, budget } = make()
    let told = 0
    const watch = store.watch(() => told++)
    grow(store)
    expect(told).toBe(2)
    store[Symbol.dispose]()
    store[Symbol.dispose]()
    expect([told, store.ended, budget.bytesUsed, store.listed, store.map()]).toEqual([3, true, 0, [], undefined])
    watch[Symbol.dispose]()
    store.add(part())
    expect(budget.bytesUsed).toBe(0)
  })
})
