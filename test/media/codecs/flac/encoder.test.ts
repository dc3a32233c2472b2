import { expect, test } from 'vitest'
import { FlacEncoder } from '#media/codecs/flac/encoder.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { frameUnit } from '#test/helpers/access-units.ts'

const encoded = (channels: 1 | 2, ...samples: readonly Buffer[]): readonly AccessUnit[] => {
  const encoder = new FlacEncoder(8000, channels)
  const units: AccessUnit[] = []
  for (const [index, bytes] of samples.entries()) encoder.push(frameUnit(bytes, index * 160), unit => units.push(unit))
  return units
}

test('a unit becomes a frame at its time, and all of them have one configuration', () => {
  const units = encoded(1, Buffer.alloc(320), Buffer.alloc(320))
  expect(units.map(unit => [unit.decodingTime, unit.keyframe, unit.parts.length])).toEqual([
    [0, true, 1],
    [160, true, 1],
  ])
  expect(units[0]!.configuration).toBe(units[1]!.configuration)
  expect(units[0]!.configuration[0]).toHaveLength(34)
})

test('a long unit becomes several frames, one behind the other', () => {
  const units = encoded(2, Buffer.alloc(4 * 10_000))
  expect(units.map(unit => unit.decodingTime)).toEqual([0, 4096, 8192])
})

test.each([0, 1, 3])('of %i bytes there is nothing to make', bytes => {
  expect(encoded(2, Buffer.alloc(bytes))).toEqual([])
})
