import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { middleOf, ntpTimeOf, wallTimeOf } from '#media/rtp/ntp-time.ts'
import { millis } from '#media/runtime/units.ts'

test.each([
  ['1970', 0, { seconds: 2_208_988_800, fraction: 0 }],
  ['half a second', 1_700_000_000_500, { seconds: 3_908_988_800, fraction: 2 ** 31 }],
  ['the last second of the first era', Date.UTC(2036, 1, 7, 6, 28, 15), { seconds: 2 ** 32 - 1, fraction: 0 }],
  ['the first second of the second era', Date.UTC(2036, 1, 7, 6, 28, 16), { seconds: 0, fraction: 0 }],
])('%s is written and read', (_name, wallTime, ntpTime) => {
  expect(ntpTimeOf(millis(wallTime))).toEqual(ntpTime)
  expect(wallTimeOf(ntpTime)).toBe(wallTime)
})

test('what was written reads the same, to the microsecond', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: Date.UTC(2080), noNaN: true }), wallTime => {
      const ntpTime = ntpTimeOf(millis(wallTime))
      expect(Math.abs(wallTimeOf(ntpTime) - wallTime)).toBeLessThan(0.001)
      for (const part of Object.values(ntpTime)) expect(part).toSatisfy((n: number) => n >= 0 && n < 2 ** 32)
    }),
  )
})

test('the middle of a time is its lower seconds and upper fraction', () => {
  expect(middleOf({ seconds: 0x1234abcd, fraction: 0xef015678 })).toBe(0xabcdef01)
})
