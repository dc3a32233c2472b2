import { expect, test } from 'vitest'
import { endOfImage, marker, segment } from '#media/codecs/jpeg/marker.ts'

test('a segment says how long it is, and its length counts itself', () => {
  expect(segment(marker.dri, Buffer.of(1), Buffer.of(2)).toString('hex')).toBe('ffdd00040102')
  expect(endOfImage.toString('hex')).toBe('ffd9')
})
