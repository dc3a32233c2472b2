import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PcmFormat } from '#media/codecs/pcm/pcm-format.ts'
import { PcmRepacker } from '#media/codecs/pcm/repack.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'

const pcma: PcmFormat = { name: 'PCMA', rate: 8000, channels: 1, blockBytes: 1 }
const stereo: PcmFormat = { name: 'L16', rate: 8000, channels: 2, blockBytes: 4 }

test('small units become even ones, with times of their own', () => {
  const units = Array.from({ length: 5 }, (_, i) => frameUnit(Buffer.alloc(100, i), 1000 + 100 * i + (i % 2)))
  const given = transformed(new PcmRepacker(pcma, 160), units)
  expect(given.map(unit => [unit.decodingTime, unit.sizeBytes])).toEqual([
    [1000, 160],
    [1160, 160],
    [1320, 160],
  ])
  expect(given[0]?.sample).toEqual(Buffer.concat([Buffer.alloc(100, 0), Buffer.alloc(60, 1)]))
})

test('before a gap, what is held goes out short', () => {
  const units = [frameUnit(Buffer.alloc(50, 1), 1000), frameUnit(Buffer.alloc(200, 2), 9000)]
  const given = transformed(new PcmRepacker(pcma, 160), units)
  expect(given.map(unit => [unit.decodingTime, unit.sizeBytes])).toEqual([
    [1000, 50],
    [9000, 160],
  ])
})

test('the samples stay the same, whatever the sizes', () => {
  const sizes = fc.array(fc.nat(400), { maxLength: 20 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 4, max: 300 }), fc.constantFrom(pcma, stereo), (counts, max, format) => {
      let time = 0
      const units = counts.map((count, i) => {
        const unit = frameUnit(Buffer.alloc(count * format.blockBytes, i), time)
        time += count
        return unit
      })
      const given = transformed(new PcmRepacker(format, max), units)
      const all = Buffer.concat(units.map(unit => unit.sample))
      const again = Buffer.concat(given.map(unit => unit.sample))
      expect(again).toEqual(all.subarray(0, again.length))
      expect(all.length - again.length).toBeLessThan(max)
      for (const unit of given) expect(unit.sizeBytes).toBe(max - (max % format.blockBytes))
      for (const [index, unit] of given.entries())
        expect(unit.decodingTime).toBe((index * given[0]!.sizeBytes) / format.blockBytes)
    }),
  )
})
