import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockPacketizer } from '#media/codecs/block-packetizer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { joined } from '#test/helpers/rtp-packets.ts'

test('what fits into a packet is one payload, and one unit', () => {
  const unit = frameUnit(Buffer.alloc(1460), 100)
  const packetizer = blockPacketizer(4, 1460)
  expect(packetizer.split!(unit)).toEqual([unit])
  expect(joined(packetizer.packetize(unit))).toEqual([unit.sample])
})

test('longer units are cut between blocks, each piece with its own time', () => {
  const bytes = Buffer.from(Array.from({ length: 20 }, (_, i) => i))
  const pieces = blockPacketizer(4, 10).split!(frameUnit(bytes, 100))
  expect(pieces.map(piece => [piece.decodingTime, ...piece.sample])).toEqual([
    [100, 0, 1, 2, 3, 4, 5, 6, 7],
    [102, 8, 9, 10, 11, 12, 13, 14, 15],
    [104, 16, 17, 18, 19],
  ])
  expect(pieces.every(piece => piece.arrivedAt === 5)).toBe(true)
})

test('any unit is cut into whole blocks that are all of it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 4 }), fc.nat(100), (data, block, max) => {
      const bytes = Buffer.from(data)
      const packetizer = blockPacketizer(block, max)
      const pieces = packetizer.split!(frameUnit(bytes)).flatMap(piece => joined(packetizer.packetize(piece)))
      expect(Buffer.concat(pieces)).toEqual(bytes)
      for (const piece of pieces.slice(0, -1)) expect(piece.length % block).toBe(0)
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(Math.max(block, max))
    }),
  )
})
