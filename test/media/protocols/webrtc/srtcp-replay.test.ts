import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SrtcpReplay } from '#media/protocols/webrtc/srtcp-replay.ts'

/** A protected packet, of which only its source and its number matter. */
const packet = (number: number, ssrc = 7): Buffer => {
  const bytes = Buffer.alloc(8 + 14)
  bytes.writeUInt32BE(ssrc, 4)
  bytes.writeUInt32BE((number | 0x80000000) >>> 0, 8)
  return bytes
}

test.each<[string, readonly number[], readonly boolean[]]>([
  ['each once', [1, 2, 3, 2, 1, 4], [true, true, true, false, false, true]],
  ['late ones, once', [1, 5, 3, 3, 2, 4], [true, true, true, false, true, true]],
  ['none that is far too late', [1000, 872, 873, 873], [true, false, true, false]],
  ['after a gap as long as the window', [1, 129, 1, 2, 128], [true, true, false, true, true]],
  ['the highest', [0x7fffffff, 0x7fffffff, 0x7ffffffe], [true, false, true]],
])('packets count %s', (_name, numbers, counted) => {
  const replay = new SrtcpReplay()
  expect(numbers.map(number => replay.isNew(packet(number)))).toEqual(counted)
})

test('sources are told apart, and there are no more than 64', () => {
  const replay = new SrtcpReplay()
  const counted = Array.from({ length: 100 }, (_, ssrc) => replay.isNew(packet(1, ssrc)))
  expect(counted.filter(isNew => isNew)).toHaveLength(64)
  expect(replay.isNew(packet(2, 0))).toBe(true)
})

test('no number counts twice, whatever their order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { maxLength: 300 }), numbers => {
      const replay = new SrtcpReplay()
      const counted = numbers.filter(number => replay.isNew(packet(number)))
      expect(new Set(counted).size).toBe(counted.length)
    }),
  )
})
