import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AacDepacketizer } from '#media/codecs/aac/depacketizer.ts'
import { aacPacketizer } from '#media/codecs/aac/packetizer.ts'
import { AccessUnit } from '#media/core/access-unit.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

const track = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

const thereAndBack = (units: readonly AccessUnit[], payloadBytesMax: number): AccessUnit[] => {
  const packetizer = aacPacketizer(payloadBytesMax)
  const depacketizer = new AacDepacketizer(track.codec)
  const back: AccessUnit[] = []
  let firstSequenceNumber = 65_530
  for (const unit of units) {
    const payloads = joined(packetizer.packetize(unit))
    for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(payloadBytesMax)
    depacketizer.push(groupOf(payloads, { time: unit.decodingTime, firstSequenceNumber }), one => back.push(one))
    firstSequenceNumber += payloads.length
  }
  return back
}

test.each([40, 1460])('packets of at most %i bytes give back the frames they were made of', payloadBytesMax => {
  const units = unitsOf(track, 48_000)
  const back = thereAndBack(units, payloadBytesMax)
  expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
  expect(back.map(unit => unit.decodingTime)).toEqual(units.map(unit => unit.decodingTime))
})

test('any frame goes there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8191 }), fc.integer({ min: 20, max: 1460 }), (size, payloadBytesMax) => {
      const parts = [Buffer.alloc(size, 0x21)]
      const unit = new AccessUnit({
        keyframe: true,
        decodingTime: ticks(0),
        framing: 'frame',
        parts,
        configuration: [],
        arrivedAt: millis(0),
      })
      expect(thereAndBack([unit], payloadBytesMax)[0]?.parts).toEqual(parts)
    }),
  )
})

test('a frame longer than 13 bits can say is left out', () => {
  const [unit] = unitsOf(track)
  const long = new AccessUnit({ ...unit!, keyframe: true, parts: [Buffer.alloc(8192)], configuration: [] })
  expect(aacPacketizer(1460).packetize(long)).toEqual([])
})
