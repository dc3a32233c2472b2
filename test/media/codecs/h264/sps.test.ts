import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseH264Sps } from '#media/codecs/h264/sps.ts'
import { MalformedError } from '#media/runtime/errors.ts'

/** Made by x264. */
const rows = [
  {
    name: '1080 lines, cropped',
    hex: '6742c028da01e0089f97011000000300100000030320f1832a',
    profile: 66,
    level: 40,
    size: [1920, 1080],
  },
  {
    name: 'interlaced',
    hex: '67640028acd94078044fde0220000003002000000643e2c5b2c0',
    profile: 100,
    level: 40,
    size: [1920, 1080],
  },
  {
    name: '4:2:2 with scaling lists',
    hex: '677a001ebcd940a02ff89c0440000003004000000c83c58b6580',
    profile: 122,
    level: 30,
    size: [640, 360],
  },
  {
    name: '4:4:4 of odd size',
    hex: '67f4000d919b282a10f1f1f808800000030080000019078a14cb',
    profile: 244,
    level: 13,
    size: [322, 242],
  },
  { name: 'baseline', hex: '6742c00dda05825b011000000300100000030320f142aa', profile: 66, level: 13, size: [352, 288] },
] as const

test.each(rows)('reads an SPS that is $name', ({ hex, profile, level, size }) => {
  const sps = parseH264Sps(Buffer.from(hex, 'hex'))
  expect([sps.profile, sps.level, sps.id]).toEqual([profile, level, 0])
  expect([sps.width, sps.height]).toEqual(size)
})

test.each([
  { name: 'a PPS', hex: '68ce0fc8' },
  { name: 'nothing', hex: '' },
  { name: 'an SPS cut short', hex: '6742c028da' },
  { name: 'pictures of absurd size', hex: '6742c028f40000000080000000ffff' },
])('refuses $name', ({ hex }) => {
  expect(() => parseH264Sps(Buffer.from(hex, 'hex'))).toThrow(MalformedError)
})

test('any bytes are an SPS or refused', () => {
  const flipped = fc
    .tuple(fc.constantFrom(...rows), fc.array(fc.tuple(fc.nat(25), fc.nat(255)), { maxLength: 6 }), fc.nat(26))
    .map(([{ hex }, flips, length]) => {
      const bytes = Buffer.from(hex, 'hex')
      for (const [at, mask] of flips) if (at > 0 && at < bytes.length) bytes[at]! ^= mask
      return bytes.subarray(0, length)
    })
  const random = fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.concat([Buffer.of(0x67), bytes]))
  fc.assert(
    fc.property(fc.oneof(flipped, random), bytes => {
      try {
        const { width, height } = parseH264Sps(bytes)
        expect(Math.min(width, height)).toBeGreaterThan(0)
        expect(Math.max(width, height)).toBeLessThanOrEqual(16_864)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }),
    { numRuns: 500 },
  )
})
