import { describe, expect, test } from 'vitest'
import { fullBox, u32 } from '#media/formats/mp4/box.ts'
import { readSampleTable } from '#media/formats/mp4/sample-table.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'

const stsz = (...sizes: number[]): Buffer => fullBox('stsz', 0, 0, u32(0, sizes.length, ...sizes))
const stsc = (...runs: number[]): Buffer => fullBox('stsc', 0, 0, u32(runs.length / 3, ...runs))
const stco = (...offsets: number[]): Buffer => fullBox('stco', 0, 0, u32(offsets.length, ...offsets))
const stts = (...runs: number[]): Buffer => fullBox('stts', 0, 0, u32(runs.length / 2, ...runs))
const table = (...boxes: Buffer[]) => readSampleTable(Buffer.concat(boxes))

describe('a sample table', () => {
  test('tells where each sample is and when', () => {
    const ctts = fullBox('ctts', 0, 0, u32(1, 4, 7))
    const stss = fullBox('stss', 0, 0, u32(1, 1))
    const places = table(stsz(5, 6, 7, 8), stsc(1, 2, 1, 2, 1, 1), stco(100, 200, 300), stts(3, 10, 1, 20), ctts, stss)
    expect(places.map(place => [place.offset, place.sizeBytes])).toEqual([
      [100, 5],
      [105, 6],
      [200, 7],
      [300, 8],
    ])
    expect(places.map(place => [place.decodingTime, place.duration])).toEqual([
      [0, 10],
      [10, 10],
      [20, 10],
      [30, 20],
    ])
    expect(places.map(place => place.compositionOffset)).toEqual([7, 7, 7, 7])
    expect(places.map(place => place.keyframe)).toEqual([true, false, false, false])
  })

  test('may have one size for all, wide offsets, and only keyframes', () => {
    const uniform = fullBox('stsz', 0, 0, u32(9, 2))
    const co64 = fullBox('co64', 0, 0, u32(1, 1, 0))
    const places = table(uniform, stsc(1, 2, 1), co64, stts(2, 1))
    expect(places.map(place => [place.offset, place.keyframe])).toEqual([
      [2 ** 32, true],
      [2 ** 32 + 9, true],
    ])
  })

  test.each([
    { name: 'a chunk that is not there', boxes: [stsz(1, 1), stsc(1, 1, 1, 3, 1, 1), stco(0), stts(2, 1)] },
    { name: 'samples without a chunk', boxes: [stsz(1, 1), stsc(1, 1, 1), stco(0), stts(2, 1)] },
    { name: 'chunks of nothing', boxes: [stsz(1), stsc(1, 0, 1), stco(0), stts(1, 1)] },
    { name: 'chunk 0', boxes: [stsz(1), stsc(0, 1, 1), stco(0), stts(1, 1)] },
    { name: 'no sizes', boxes: [stsc(1, 1, 1), stco(0), stts(1, 1)] },
    {
      name: 'a table longer than its box',
      boxes: [fullBox('stsz', 0, 0, u32(0, 9, 1)), stsc(1, 1, 1), stco(0), stts(1, 1)],
    },
  ])('with $name is refused', ({ boxes }) => {
    expect(() => table(...boxes)).toThrow(MalformedError)
  })

  test('is bounded in samples', () => {
    const absurd = fullBox('stsz', 0, 0, u32(1, 2 ** 32 - 1))
    expect(() => table(absurd, stsc(1, 1, 1), stco(0), stts(1, 1))).toThrow(LimitError)
  })

  test('does not grow with what its runs claim', () => {
    const places = table(stsz(1), stsc(1, 2 ** 32 - 1, 1), stco(0), stts(2 ** 32 - 1, 1))
    expect(places).toHaveLength(1)
  })
})
