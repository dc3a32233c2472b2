import * as fc from 'fast-check'

/** Anything at all, or one of these real inputs: whole, cut short, or with some bits flipped. */
export const spoiledBytes = (inputs: readonly Buffer[], anyBytesMax = 256): fc.Arbitrary<Buffer> => {
  const real = fc.constantFrom(...inputs)
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })
  return fc.oneof(
    fc.uint8Array({ maxLength: anyBytesMax }).map(bytes => Buffer.from(bytes)),
    fc.tuple(real, fc.nat()).map(([input, at]) => Buffer.from(input.subarray(0, at % (input.length + 1)))),
    fc.tuple(real, flips).map(([input, masks]) => {
      const spoiled = Buffer.from(input)
      for (const [at, mask] of masks) if (spoiled.length > 0) spoiled[at % spoiled.length]! ^= mask
      return spoiled
    }),
  )
}
