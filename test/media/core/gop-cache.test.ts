import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TrackUnit } from '#media/core/access-unit.ts'
import { type CacheBudget, GopCache } from '#media/core/gop-cache.ts'
import { millis } from '#media/runtime/units.ts'

interface Named extends TrackUnit {
  readonly name: string
}
const unit = (name: string, keyframe = false, sizeBytes = 10): Named => ({
  name,
  keyframe,
  sizeBytes,
  arrivedAt: millis(0),
})
const budgetOf = (bytesMax: number): CacheBudget => ({ bytesMax, bytesUsed: 0 })
const names = (cache: GopCache<Named>): string => cache.units.map(one => one.name).join(' ')

describe('a cache of video', () => {
  test('holds what came since the last keyframe', () => {
    const cache = new GopCache<Named>({ sliding: false, budget: budgetOf(1000) })
    for (const one of [unit('before'), unit('k1', true), unit('a'), unit('k2', true), unit('b')]) cache.add(one)
    expect(names(cache)).toBe('k2 b')
    expect(cache.sizeBytes).toBe(20)
  })

  test.each([
    { limit: 'bytes', options: { bytesMax: 25 }, budget: 1000 },
    { limit: 'units', options: { unitsMax: 2 }, budget: 1000 },
    { limit: 'the shared budget', options: {}, budget: 25 },
  ])('drops a group of pictures that exceeds $limit whole, and takes the next', ({ options, budget }) => {
    const cache = new GopCache<Named>({ sliding: false, budget: budgetOf(budget), ...options })
    for (const one of [unit('k1', true), unit('a'), unit('b'), unit('c')]) cache.add(one)
    expect(names(cache)).toBe('')
    cache.add(unit('k2', true))
    expect(names(cache)).toBe('k2')
  })
})

test('a cache of audio slides within its bounds', () => {
  const cache = new GopCache<Named>({ sliding: true, unitsMax: 4, budget: budgetOf(1000) })
  for (let i = 0; i < 9; i++) cache.add(unit(`a${i}`, true))
  expect(cache.units.at(-1)!.name).toBe('a8')
  expect(cache.units.length).toBeLessThanOrEqual(4)
})

test('caches that share a budget never exceed it, and give everything back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ cache: fc.nat(2), keyframe: fc.boolean(), size: fc.integer({ min: 1, max: 60 }) })),
      steps => {
        const budget = budgetOf(200)
        const caches = [false, false, true].map(sliding => new GopCache<Named>({ sliding, bytesMax: 120, budget }))
        for (const { cache, keyframe, size } of steps) {
          caches[cache]!.add(unit('x', keyframe, size))
          expect(budget.bytesUsed).toBe(caches.reduce((sum, one) => sum + one.sizeBytes, 0))
          expect(budget.bytesUsed).toBeLessThanOrEqual(200)
        }
        for (const one of caches) one[Symbol.dispose]()
        expect(budget.bytesUsed).toBe(0)
      },
    ),
  )
})
