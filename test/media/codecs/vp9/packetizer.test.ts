import { expect, test } from 'vitest'
import { vp9Packetizer } from '#media/codecs/vp9/packetizer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { joined } from '#test/helpers/rtp-packets.ts'

test('payloads say where a frame begins and ends, its number, and a keyframe its size', () => {
  const packetizer = vp9Packetizer(14)
  const units = [frameUnit(Buffer.from('82498342000af008f602', 'hex')), frameUnit(Buffer.of(0x86), 1, false)]
  const payloads = units.map(unit => joined(packetizer.packetize(unit)).map(payload => payload.toString('hex')))
  expect(payloads).toEqual([['8a80001000b0009082498342000a', '848000f008f602'], ['cc800186']])
})
