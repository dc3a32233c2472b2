import { expect, test } from 'vitest'
import { g722 } from '#media/codecs/g722/g722.ts'
import { staticCodec } from '#media/codecs/registry.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

const codec = staticCodec(9)!

test('a packet is a frame, there and back', () => {
  const payload = Buffer.alloc(160, 0x5a)
  const units = transformed(g722.depacketizer(codec)!, [groupOf([payload], { time: 800 })])
  expect(units.map(unit => [unit.decodingTime, unit.sample])).toEqual([[800, payload]])
  expect(joined(g722.packetizer(codec, 1460)!.packetize(units[0]!))).toEqual([payload])
})

test('a byte is a tick', () => {
  const pieces = g722.packetizer(codec, 100)!.split!(frameUnit(Buffer.alloc(250), 1000))
  expect(pieces.map(piece => piece.decodingTime)).toEqual([1000, 1100, 1200])
})
