import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { h264Depacketizer } from '#media/codecs/h264/depacketizer.ts'
import { h264Packetizer } from '#media/codecs/h264/packetizer.ts'
import { AccessUnit } from '#media/core/access-unit.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

const { codec, configuration } = fixtureTrack('h264-slices.mp4', 'video')
const untold = { ...codec, formatParameters: '' }

/** Packs units and unpacks them again, with nothing known beforehand. */
const thereAndBack = (units: readonly AccessUnit[], payloadBytesMax: number): AccessUnit[] => {
  const packetizer = h264Packetizer(payloadBytesMax)
  const depacketizer = h264Depacketizer(untold)
  const back: AccessUnit[] = []
  let firstSequenceNumber = 65_500
  for (const unit of units) {
    const payloads = joined(packetizer.packetize(unit))
    expect(Math.max(...payloads.map(payload => payload.length))).toBeLessThanOrEqual(payloadBytesMax)
    depacketizer.push(groupOf(payloads, { time: unit.decodingTime, firstSequenceNumber }), one => back.push(one))
    firstSequenceNumber += payloads.length
  }
  return back
}

describe('packets of H.264', () => {
  test.each([60, 500, 1460])('of at most %i bytes give back the units they were made of', payloadBytesMax => {
    const units = unitsOf(fixtureTrack('h264-slices.mp4', 'video'))
    const back = thereAndBack(units, payloadBytesMax)
    expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
    expect(back.map(unit => unit.keyframe)).toEqual(units.map(unit => unit.keyframe))
    expect(back[0]?.configuration).toEqual(configuration)
  })

  test('give back any NAL units at any payload size', () => {
    const nal = fc
      .tuple(fc.boolean(), fc.integer({ min: 1, max: 400 }), fc.nat(255))
      .map(([key, size, fill]) =>
        Buffer.concat([Buffer.of(key ? 0x65 : 0x41, 0x80 | (fill & 0x7f)), Buffer.alloc(size, fill)]),
      )
    fc.assert(
      fc.property(fc.array(nal, { minLength: 1, maxLength: 8 }), fc.integer({ min: 48, max: 300 }), (parts, max) => {
        const keyframe = { keyframe: true, framing: 'nal' as const, configuration, arrivedAt: millis(0) }
        const first = new AccessUnit({ ...keyframe, decodingTime: ticks(0), parts: [Buffer.of(0x65, 0x88)] })
        const second = new AccessUnit({ ...keyframe, decodingTime: ticks(3600), parts })
        expect(thereAndBack([first, second], max)[1]?.parts).toEqual(parts)
      }),
    )
  })
})
