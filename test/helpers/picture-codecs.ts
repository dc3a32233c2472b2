import fc from 'fast-check'
import { expect } from 'vitest'
import type { CodecSpec } from '#media/codecs/codec-spec.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

/** A video codec of this name. */
export const videoCodec = (name: string): Codec => ({
  kind: 'video',
  name,
  clockRate: 90_000,
  channels: 0,
  formatParameters: '',
})

/** Ten frames as units, keyframes at 0 and 5. */
export const unitsOfFrames = (frames: readonly Buffer[]): AccessUnit[] =>
  frames.map((frame, i) => frameUnit(frame, i * 3600, i % 5 === 0))

/** The groups of packets that units leave as. */
export const groupsOf = (
  spec: CodecSpec,
  units: readonly AccessUnit[],
  payloadBytesMax: number,
): readonly PacketGroup[] => {
  const packetizer = spec.packetizer(videoCodec(''), payloadBytesMax)!
  let firstSequenceNumber = 65_530
  return units.map(unit => {
    const payloads = joined(packetizer.packetize(unit))
    for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(payloadBytesMax)
    const group = groupOf(payloads, { time: unit.decodingTime, firstSequenceNumber })
    firstSequenceNumber = (firstSequenceNumber + payloads.length) & 0xffff
    return group
  })
}

/** The units of groups of packets. */
export const unitsOfGroups = (spec: CodecSpec, groups: readonly PacketGroup[]): AccessUnit[] =>
  transformed(spec.depacketizer(videoCodec(''))!, groups)

/** Only whole frames of `units` are given, whatever packets are lost. */
export const expectOnlyWhole = (spec: CodecSpec, units: readonly AccessUnit[], payloadBytesMax: number): void => {
  const samples = new Set(units.map(unit => unit.sample.toString('hex')))
  const groups = groupsOf(spec, units, payloadBytesMax)
  const count = groups.reduce((sum, group) => sum + group.packets.length, 0)
  fc.assert(
    fc.property(fc.array(fc.nat(count - 1), { maxLength: 8 }), lost => {
      let first = 0
      const left = groups.flatMap(group => {
        const packets = group.packets.filter((_, index) => !lost.includes(first + index))
        first += group.packets.length
        const complete = packets.at(-1)?.marker === true
        return packets.length === 0 ? [] : [Object.assign(groupOf([]), { packets, time: group.time, complete })]
      })
      const given = unitsOfGroups(spec, left)
      for (const unit of given) expect(samples.has(unit.sample.toString('hex'))).toBe(true)
      if (lost.length === 0) expect(given).toHaveLength(units.length)
    }),
    { numRuns: 60 },
  )
}

/** Any payloads, of these first bytes or others, are taken without throwing, and left as they were. */
export const expectTakesAnything = (spec: CodecSpec, firstBytes: readonly number[]): void => {
  const payload = fc
    .tuple(fc.oneof(fc.constantFrom(...firstBytes), fc.nat(255)), fc.uint8Array({ maxLength: 40 }))
    .map(([first, rest]) => Buffer.from([first, ...rest]))
  const group = fc.tuple(fc.array(payload, { minLength: 1, maxLength: 4 }), fc.nat(3), fc.boolean())
  fc.assert(
    fc.property(fc.array(group, { maxLength: 6 }), parts => {
      let firstSequenceNumber = 0
      const groups = parts.map(([payloads, time, complete]) => {
        const made = groupOf(payloads, { time: time * 3600, firstSequenceNumber, complete })
        firstSequenceNumber += payloads.length
        return made
      })
      const bytes = (): Buffer => Buffer.concat(groups.flatMap(({ packets }) => packets.map(({ buffer }) => buffer)))
      const before = bytes()
      for (const [index, unit] of unitsOfGroups(spec, groups).entries()) {
        expect(unit.sizeBytes).toBeGreaterThan(0)
        if (index === 0) unit.sample.fill(0xee)
      }
      for (const { packets } of groups)
        for (const packet of packets) {
          spec.startsKeyframe(packet.payload)
          spec.leadsPicture(packet.payload)
        }
      expect(bytes()).toEqual(before)
    }),
    { numRuns: 400 },
  )
}
