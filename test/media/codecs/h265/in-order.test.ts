import fc from 'fast-check'
import { expect, test } from 'vitest'
import { h265InOrder } from '#media/codecs/h265/in-order.ts'
import { parseH265Sps } from '#media/codecs/h265/sps.ts'

/** x265, Main, 1280×720, sps_max_num_reorder_pics 2. */
const reordered = Buffer.from(
  '42010101600000030090000003000003005da00280802d165959a4932bc05a020000030002000003003210',
  'hex',
)

test('pictures that wait become none, and the rest stays', () => {
  const inOrder = h265InOrder(reordered)
  expect(inOrder.toString('hex')).toBe(
    '42010101600000030090000003000003005da00280802d165966924caf016808000003000800000300c840',
  )
  expect(parseH265Sps(inOrder)).toEqual(parseH265Sps(reordered))
  expect(h265InOrder(inOrder)).toEqual(inOrder)
})

test('anything is given back or changed, and never thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(reordered.length - 1)), (random, flips) => {
      const damaged = Buffer.from(reordered)
      for (const at of flips) damaged[at]! ^= 0x55
      for (const bytes of [damaged, Buffer.from([0x42, 1, ...random]), Buffer.alloc(0)])
        expect(h265InOrder(bytes).length).toBeLessThan(bytes.length + 40)
    }),
  )
})
