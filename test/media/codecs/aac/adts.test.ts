import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitAdts, startsWithAdts } from '#media/codecs/aac/adts.ts'

/** An ADTS frame of AAC-LC, 48 kHz, stereo. */
const adts = (frame: Buffer, withChecksum = false): Buffer => {
  const size = frame.length + (withChecksum ? 9 : 7)
  const header = Buffer.of(
    0xff,
    withChecksum ? 0xf0 : 0xf1,
    0x4c,
    0x80 | (size >> 11),
    (size >> 3) & 0xff,
    ((size & 7) << 5) | 0x1f,
    0xfc,
  )
  return Buffer.concat([header, Buffer.alloc(withChecksum ? 2 : 0), frame])
}

test('takes the headers off', () => {
  const frames = [Buffer.alloc(5, 1), Buffer.alloc(300, 2), Buffer.alloc(9, 3)]
  const bytes = Buffer.concat([adts(frames[0]!), adts(frames[1]!, true), adts(frames[2]!)])
  expect(startsWithAdts(bytes)).toBe(true)
  expect(splitAdts(bytes)).toEqual(frames)
})

test('stops where it makes no more sense', () => {
  const whole = adts(Buffer.alloc(5, 1))
  expect(splitAdts(Buffer.concat([whole, whole.subarray(0, 10)]))).toHaveLength(1)
  expect(splitAdts(Buffer.from('fff14c80001ffc00', 'hex'))).toEqual([])
  expect(startsWithAdts(Buffer.from('0010', 'hex'))).toBe(false)
})

test('ends for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      const all = Buffer.from([0xff, 0xf1, ...bytes])
      const total = splitAdts(all).reduce((sum, frame) => sum + frame.length, 0)
      expect(total).toBeLessThan(all.length)
    }),
  )
})
