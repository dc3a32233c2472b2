import fc from 'fast-check'
import { expect, test } from 'vitest'
import { h264InOrder } from '#media/codecs/h264/in-order.ts'
import { parseH264Sps } from '#media/codecs/h264/sps.ts'

const sps = (hex: string): Buffer => Buffer.from(hex, 'hex')

/** x264, High, 1280×720, max_num_reorder_frames 2. */
const reordered = sps('6764001facd9405005bb011000000300100000030320f1831960')

test.each([
  ['two pictures that wait become none', reordered, '6764001facd9405005bb011000000300100000030320f1832580'],
  ['one that promises it already', sps('6764001facd9405005bb011000000300100000030320f1832580'), undefined],
  ['one without usability information', sps('6742c01e95a02c0b4a40'), undefined],
  ['a picture parameter set', sps('68ebe3cb22c0'), undefined],
  ['one that is cut short', reordered.subarray(0, 20), undefined],
  ['nothing', Buffer.alloc(0), undefined],
])('%s', (_name, given, becomes) => {
  expect(h264InOrder(given).toString('hex')).toBe(becomes ?? given.toString('hex'))
})

test('the rest of it stays', () => {
  expect(parseH264Sps(h264InOrder(reordered))).toEqual(parseH264Sps(reordered))
})

test('anything is given back or changed, and never thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(reordered.length - 1)), (random, flips) => {
      const damaged = Buffer.from(reordered)
      for (const at of flips) damaged[at]! ^= 0x55
      for (const bytes of [damaged, Buffer.from([0x67, ...random])])
        expect(h264InOrder(bytes).length).toBeLessThan(bytes.length + 40)
    }),
  )
})
