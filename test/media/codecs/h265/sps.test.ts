import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseH265Sps } from '#media/codecs/h265/sps.ts'
import { MalformedError } from '#media/runtime/errors.ts'

/** Made by x265. */
const rows = [
  {
    name: 'Main',
    hex: '420101016000000300900000030000030096a001e020021c5965654a4c2f016808000003000800000300c840',
    tells: { profile: 1, level: 150, width: 3840, height: 2160, lumaBits: 8, chroma: 1, temporalLayers: 1 },
  },
  {
    name: 'Main 10, cropped',
    hex: '420101022000000300900000030000030078a003c0801107cad965654a4c2f016808000003000800000300c840',
    tells: { profile: 2, level: 120, width: 1920, height: 1080, lumaBits: 10, chroma: 1, temporalLayers: 1 },
  },
  {
    name: 'in two temporal layers',
    hex: '42010201600000030090000003000003003f0000a005020171f2e59594aca94985e02d010000030001000003001908',
    tells: { profile: 1, level: 63, width: 640, height: 360, lumaBits: 8, chroma: 1, temporalLayers: 2 },
  },
] as const

test.each(rows)('reads an SPS that is $name', ({ hex, tells }) => {
  expect(parseH265Sps(Buffer.from(hex, 'hex'))).toMatchObject(tells)
})

test.each([
  { name: 'a PPS', hex: '4401c073c189' },
  { name: 'nothing', hex: '' },
  { name: 'an SPS cut short', hex: '420101016000000300900000030000030096a001' },
])('refuses $name', ({ hex }) => {
  expect(() => parseH265Sps(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('any bytes are an SPS or refused', () => {
  const flipped = fc
    .tuple(fc.constantFrom(...rows), fc.array(fc.tuple(fc.nat(45), fc.nat(255)), { maxLength: 6 }), fc.nat(46))
    .map(([{ hex }, flips, length]) => {
      const bytes = Buffer.from(hex, 'hex')
      for (const [at, mask] of flips) if (at > 0 && at < bytes.length) bytes[at]! ^= mask
      return bytes.subarray(0, length)
    })
  const random = fc.uint8Array({ maxLength: 80 }).map(bytes => Buffer.concat([Buffer.of(0x42, 1), bytes]))
  fc.assert(
    fc.property(fc.oneof(flipped, random), bytes => {
      try {
        const { width, height } = parseH265Sps(bytes)
        expect(Math.min(width, height)).toBeGreaterThan(0)
        expect(Math.max(width, height)).toBeLessThanOrEqual(16_888)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 500 },
  )
})
