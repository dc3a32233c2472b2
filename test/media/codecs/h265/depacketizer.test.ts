import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { h265Depacketizer } from '#media/codecs/h265/depacketizer.ts'
import { h265Packetizer } from '#media/codecs/h265/packetizer.ts'
import { AccessUnit, type AccessUnitParts } from '#media/core/access-unit.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

const track = fixtureTrack('h265.mp4', 'video')

const fieldsOf = ({
  keyframe,
  decodingTime,
  framing,
  configuration,
  arrivedAt,
  parts,
}: AccessUnit): AccessUnitParts => ({
  keyframe,
  decodingTime,
  framing,
  configuration,
  arrivedAt,
  parts,
})

describe('the H.265 depacketizer', () => {
  test('knows the parameter sets of the session description', () => {
    const units: AccessUnit[] = []
    h265Depacketizer(track.codec).push(groupOf([Buffer.from('2601af88', 'hex')]), unit => units.push(unit))
    expect(units[0]?.configuration).toEqual(track.configuration)
  })

  test('gives only whole units, whatever is lost', () => {
    // SEI that is lost whole leaves no hole in the picture, and is not missed.
    const isPicture = (part: Buffer): boolean => ((part[0]! >> 1) & 0x3f) !== 39
    const units = unitsOf(track).map(unit => new AccessUnit({ ...fieldsOf(unit), parts: unit.parts.filter(isPicture) }))
    const samples = new Set(units.map(unit => unit.sample.toString('hex')))
    const packetizer = h265Packetizer(200)
    const all = units.map(unit => ({ time: unit.decodingTime, payloads: joined(packetizer.packetize(unit)) }))
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 20 }), lost => {
        const depacketizer = h265Depacketizer(track.codec)
        let sequence = 0
        for (const { time, payloads } of all) {
          const group = groupOf(payloads, { time, firstSequenceNumber: sequence })
          const packets = group.packets.filter((_, index) => !lost.includes(sequence + index))
          sequence += payloads.length
          const complete = packets.at(-1)?.marker === true
          if (packets.length > 0)
            depacketizer.push(Object.assign(groupOf([]), { packets, time, complete }), unit =>
              expect(samples.has(unit.sample.toString('hex'))).toBe(true),
            )
        }
      }),
    )
  })

  test('takes any payload without throwing, and leaves it as it was', () => {
    const payload = fc
      .tuple(
        fc.constantFrom(0x26, 0x02, 0x40, 0x42, 0x44, 0x4e, 0x60, 0x62, 0x64, 0x00),
        fc.uint8Array({ maxLength: 60 }),
      )
      .map(([header, rest]) => Buffer.from([header, ...rest]))
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 10 }), payloads => {
        const group = groupOf(payloads)
        const before = Buffer.concat(group.packets.map(packet => packet.buffer))
        h265Depacketizer(track.codec).push(group, unit => {
          for (const part of unit.parts) part.fill(0xee)
        })
        expect(Buffer.concat(group.packets.map(packet => packet.buffer))).toEqual(before)
      }),
      { numRuns: 400 },
    )
  })
})
