import { expect, test } from 'vitest'
import { vp8Packetizer } from '#media/codecs/vp8/packetizer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { joined } from '#test/helpers/rtp-packets.ts'

test('the first payload of a frame begins it, and all have its number', () => {
  const packetizer = vp8Packetizer(6)
  const payloads = [Buffer.of(1, 2, 3), Buffer.of(4)].map(frame => joined(packetizer.packetize(frameUnit(frame))))
  expect(payloads.map(of => of.map(payload => payload.toString('hex')))).toEqual([
    ['908080000102', '8080800003'],
    ['9080800104'],
  ])
})
