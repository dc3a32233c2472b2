import { expect, test } from 'vitest'
import { swappedBytes } from '#media/codecs/pcm/byte-order.ts'

test('swaps the bytes of each sample in a copy', () => {
  const samples = Buffer.of(1, 2, 3, 4, 5)
  expect(swappedBytes(samples)).toEqual(Buffer.of(2, 1, 4, 3))
  expect(samples).toEqual(Buffer.of(1, 2, 3, 4, 5))
})
