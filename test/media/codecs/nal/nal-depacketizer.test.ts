import { describe, expect, test } from 'vitest'
import { h264Syntax } from '#media/codecs/h264/h264-syntax.ts'
import { NalDepacketizer } from '#media/codecs/nal/nal-depacketizer.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

const sps = Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex')
const pps = Buffer.from('68ce0fc8', 'hex')
const idr = Buffer.from('6588aabb', 'hex')
const slice = (n: number): Buffer => Buffer.from([0x41, 0x9a, n])
const laterSlice = Buffer.from('4140aa', 'hex')

const run = (groups: readonly PacketGroup[], known: readonly Buffer[] = [sps, pps]): AccessUnit[] => {
  const depacketizer = new NalDepacketizer(h264Syntax, known)
  const units: AccessUnit[] = []
  for (const group of groups) depacketizer.push(group, unit => units.push(unit))
  return units
}

describe('a depacketizer of NAL units', () => {
  test('makes a unit of a group, with the group’s time', () => {
    const [unit, ...rest] = run([groupOf([idr], { time: 9000 })])
    expect(rest).toEqual([])
    expect(unit).toMatchObject({ keyframe: true, decodingTime: 9000, compositionOffset: 0, arrivedAt: 5, parts: [idr] })
    expect(unit?.configuration).toEqual([sps, pps])
  })

  test('joins the pieces of a long keyframe', () => {
    const units = run([
      groupOf([idr], { time: 0, complete: false }),
      groupOf([laterSlice], { time: 0, firstSequenceNumber: 1 }),
    ])
    expect(units.map(unit => unit.parts)).toEqual([[idr, laterSlice]])
  })

  test('gives a unit without marker when the next begins, if nothing is missing', () => {
    const units = run([
      groupOf([idr], { time: 0, complete: false }),
      groupOf([slice(1)], { time: 3600, firstSequenceNumber: 1, complete: false }),
      groupOf([slice(2)], { time: 7200, firstSequenceNumber: 3 }),
    ])
    expect(units.map(unit => unit.parts)).toEqual([[idr], [slice(2)]])
  })

  test('drops the unit in which a packet is missing, and goes on with the next', () => {
    const hole = groupOf([idr, laterSlice, laterSlice], { time: 0 })
    const withHole = groupOf([], { time: 0 })
    Object.assign(withHole, { packets: [hole.packets[0], hole.packets[2]] })
    const units = run([withHole, groupOf([slice(1)], { time: 3600, firstSequenceNumber: 3 })])
    expect(units.map(unit => unit.decodingTime)).toEqual([3600])
  })

  test('drops the unit whose pieces do not follow each other', () => {
    const units = run([
      groupOf([idr], { time: 0, complete: false }),
      groupOf([laterSlice], { time: 0, firstSequenceNumber: 2 }),
      groupOf([slice(1)], { time: 3600, firstSequenceNumber: 3 }),
    ])
    expect(units.map(unit => unit.decodingTime)).toEqual([3600])
  })

  test('ignores packets that come twice or late', () => {
    const units = run([
      groupOf([idr], { time: 0, firstSequenceNumber: 10 }),
      groupOf([slice(9)], { time: 0, firstSequenceNumber: 10 }),
      groupOf([slice(1)], { time: 3600, firstSequenceNumber: 11 }),
    ])
    expect(units.map(unit => unit.parts)).toEqual([[idr], [slice(1)]])
  })

  test('goes on where a sender starts its numbers over', () => {
    const units = run([
      groupOf([idr], { time: 0, firstSequenceNumber: 40_000 }),
      groupOf([slice(1)], { time: 3600, firstSequenceNumber: 7 }),
    ])
    expect(units).toHaveLength(2)
  })

  test('waits for the picture where parameter sets have a marker of their own', () => {
    const units = run(
      [
        groupOf([sps], { time: 100, firstSequenceNumber: 0 }),
        groupOf([pps], { time: 100, firstSequenceNumber: 1 }),
        groupOf([idr], { time: 100, firstSequenceNumber: 2 }),
      ],
      [],
    )
    expect(units.map(unit => unit.parts)).toEqual([[idr]])
    expect(units[0]?.configuration).toEqual([sps, pps])
  })

  test('gives nothing before the parameter sets are known', () => {
    const units = run(
      [
        groupOf([idr], { time: 0 }),
        groupOf([slice(1)], { time: 3600, firstSequenceNumber: 1 }),
        groupOf([sps, pps, idr], { time: 7200, firstSequenceNumber: 2 }),
        groupOf([slice(2)], { time: 10_800, firstSequenceNumber: 5 }),
      ],
      [],
    )
    expect(units.map(unit => unit.decodingTime)).toEqual([7200, 10_800])
    expect(units[1]?.configuration).toBe(units[0]?.configuration)
  })

  test('keeps decoding in order where presentation times go back', () => {
    const times = [0, 10_800, 3600, 7200, 14_400]
    const units = run(times.map((time, n) => groupOf([n === 0 ? idr : slice(n)], { time, firstSequenceNumber: n })))
    expect(units.map(unit => unit.decodingTime)).toEqual([0, 10_800, 10_801, 10_802, 14_400])
    expect(units.map(unit => unit.decodingTime + unit.compositionOffset)).toEqual(times)
  })

  test('leaves the packets it was lent as they were', () => {
    const group = groupOf([sps, pps, idr])
    const before = group.packets.map(packet => packet.buffer.toString('hex'))
    const [unit] = run([group], [])
    unit?.parts[0]?.fill(0)
    expect(group.packets.map(packet => packet.buffer.toString('hex'))).toEqual(before)
  })
})
