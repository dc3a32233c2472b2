import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MpaDepacketizer } from '#media/codecs/mpa/depacketizer.ts'
import { mpaPacketizer } from '#media/codecs/mpa/packetizer.ts'
import { staticCodec } from '#media/codecs/registry.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

test('packets of any size give back the frames they were made of', () => {
  const units = unitsOf(fixtureTrack('mp3.mp4', 'audio'))
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 1460 }), payloadBytesMax => {
      const packetizer = mpaPacketizer(payloadBytesMax)
      let firstSequenceNumber = 65_530
      const groups = units.map((unit, index) => {
        const payloads = joined(packetizer.packetize(unit))
        for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(payloadBytesMax)
        const group = groupOf(payloads, { time: index * 2160, firstSequenceNumber })
        firstSequenceNumber += payloads.length
        return group
      })
      const back = transformed(new MpaDepacketizer(staticCodec(14)!), groups)
      expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
      expect(back.map(unit => unit.decodingTime)).toEqual(units.map((_, index) => index * 2160))
    }),
    { numRuns: 20 },
  )
})

test('a frame longer than an offset can say is left out', () => {
  expect(mpaPacketizer(1460).packetize(frameUnit(Buffer.alloc(0x10000)))).toEqual([])
})
