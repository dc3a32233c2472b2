import { describe, expect, test } from 'vitest'
import { type PictureAssembly, PictureDepacketizer } from '#media/codecs/picture-depacketizer.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { transformed } from '#test/helpers/access-units.ts'
import { groupOf } from '#test/helpers/rtp-packets.ts'

/** A picture begins with 1; with 9 it is broken, and with 8 there is nothing to be shown. */
const assembly: PictureAssembly = {
  begins: payload => {
    if (payload[0] === 7) throw new MalformedError('seven')
    return payload[0] === 1
  },
  assemble: payloads => {
    const frame = Buffer.concat(payloads)
    if (frame.includes(9)) throw new MalformedError('nine')
    return frame.includes(8) ? undefined : { keyframe: frame.length > 2, frame, configuration: [] }
  },
}
const run = (groups: readonly PacketGroup[]): AccessUnit[] => transformed(new PictureDepacketizer(assembly), groups)
const group = (bytes: readonly number[], time: number, firstSequenceNumber: number, complete = true): PacketGroup =>
  groupOf(
    bytes.map(byte => Buffer.of(byte)),
    { time, firstSequenceNumber, complete },
  )
const given = (groups: readonly PacketGroup[]): string[] =>
  run(groups).map(unit => `${unit.decodingTime}:${[...unit.sample].join('')}`)

describe('a depacketizer of pictures', () => {
  test('makes a unit of a group, with the group’s time', () => {
    const [unit, ...rest] = run([group([1, 2, 3], 9000, 0)])
    expect(rest).toEqual([])
    expect(unit).toMatchObject({ keyframe: true, decodingTime: 9000, framing: 'frame', arrivedAt: 5 })
  })

  test('joins the pieces of a long picture', () => {
    expect(given([group([1, 2], 0, 0, false), group([3], 0, 2)])).toEqual(['0:123'])
  })

  test('gives a picture without marker when the next begins, if nothing is missing', () => {
    expect(given([group([1, 2], 0, 0, false), group([1], 100, 2, false), group([1], 200, 4)])).toEqual([
      '0:12',
      '200:1',
    ])
  })

  test('drops a picture whose beginning, middle or order is broken', () => {
    expect(given([group([2, 3], 0, 0), group([1], 100, 2)])).toEqual(['100:1'])
    expect(given([group([1, 2], 0, 0, false), group([3], 0, 3), group([1], 100, 4)])).toEqual(['100:1'])
    expect(given([group([7, 1], 0, 0), group([1], 100, 2)])).toEqual(['100:1'])
  })

  test('passes over what its codec finds broken, or has nothing to show', () => {
    expect(given([group([1, 9], 0, 0), group([1, 8], 100, 2), group([1], 200, 4)])).toEqual(['200:1'])
  })

  test('passes over a packet that comes twice, or late', () => {
    const twice = groupOf([Buffer.of(1), Buffer.of(2)], {})
    Object.assign(twice, { packets: [twice.packets[0], twice.packets[0], twice.packets[1]] })
    expect(given([twice])).toEqual(['0:12'])
  })

  test('lets errors through that are not about what it reads', () => {
    const failing: PictureAssembly = {
      begins: () => true,
      assemble: () => {
        throw new LimitError('test', 1)
      },
    }
    expect(() => transformed(new PictureDepacketizer(failing), [group([1], 0, 0)])).toThrow(LimitError)
  })

  test('passes over a picture that is too large, and goes on with the next', () => {
    const piece = Buffer.alloc(60_000, 1)
    const pieces = (count: number): PacketGroup => groupOf(Array.from({ length: count }, () => piece))
    const [largest] = run([pieces(87)])
    expect(largest?.sizeBytes).toBe(87 * 60_000)
    expect(run([pieces(88)])).toEqual([])
    const crumbs = (count: number): PacketGroup => groupOf(Array.from({ length: count }, () => Buffer.of(1)))
    expect(run([crumbs(13_000)])).toHaveLength(1)
    expect(given([crumbs(13_001), group([1], 100, 13_001)])).toEqual(['100:1'])
  })
})
