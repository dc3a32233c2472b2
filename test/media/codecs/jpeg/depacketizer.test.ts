import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { JpegDepacketizer } from '#media/codecs/jpeg/depacketizer.ts'
import { jpegPacketizer } from '#media/codecs/jpeg/packetizer.ts'
import { formatJpegHeader, type JpegPayload } from '#media/codecs/jpeg/rtp-payload.ts'
import { readSendableJpeg, type SendableJpeg } from '#media/codecs/jpeg/sendable-jpeg.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import type { PacketGroup } from '#media/core/packet-group.ts'
import { frameUnit, transformed } from '#test/helpers/access-units.ts'
import { ffmpegJpegs, libjpegFiles } from '#test/helpers/jpeg-files.ts'
import { groupOf, joined } from '#test/helpers/rtp-packets.ts'

let file: Buffer
let sendable: SendableJpeg
let payloads: readonly Buffer[]

beforeAll(async () => {
  file = (await ffmpegJpegs({}))[0]!
  sendable = readSendableJpeg(file)
  payloads = joined(jpegPacketizer(1000).packetize(frameUnit(file)))
})

const run = (groups: readonly PacketGroup[]): AccessUnit[] => transformed(new JpegDepacketizer(), groups)
/** A picture in one payload; what is not said is usual. */
const picture = (fields: Partial<JpegPayload>): Buffer => {
  const usual = { offset: 0, type: 1, quality: 80, width: 160, height: 120, restartInterval: 0, tables: undefined }
  const { data = Buffer.of(1, 2, 3), ...header } = { ...usual, ...fields } as const
  return Buffer.concat([formatJpegHeader({ ...header, type: header.type === 0 ? 0 : 1 }), data])
}
const sizeOf = (unit: AccessUnit | undefined): readonly number[] => {
  const { sample } = unit!
  const at = sample.indexOf(Buffer.of(0xff, 0xc0))
  return [sample.readUInt16BE(at + 7), sample.readUInt16BE(at + 5)]
}

describe('the JPEG depacketizer', () => {
  test('gives a file that owns its bytes, with the time of its packets', () => {
    const [unit, ...rest] = run([groupOf(payloads, { time: 9000 })])
    expect(rest).toEqual([])
    expect(payloads.length).toBeGreaterThan(4)
    expect(unit).toMatchObject({
      keyframe: true,
      decodingTime: 9000,
      framing: 'frame',
      configuration: [],
      arrivedAt: 5,
    })
    expect(readSendableJpeg(unit!.sample)).toEqual(sendable)
    expect(unit!.sample.buffer.byteLength).toBe(unit!.sizeBytes)
  })

  test('joins the pieces of a long picture', () => {
    const units = run([
      groupOf(payloads.slice(0, 2), { complete: false }),
      groupOf(payloads.slice(2), { firstSequenceNumber: 2 }),
    ])
    expect(units.map(unit => readSendableJpeg(unit.sample))).toEqual([sendable])
  })

  test('gives a picture without marker when the next begins, if nothing is missing', () => {
    const open = (time: number, firstSequenceNumber: number) =>
      groupOf([picture({})], { time, firstSequenceNumber, complete: false })
    expect(run([open(0, 0), open(3600, 1), open(7200, 3)]).map(unit => unit.decodingTime)).toEqual([0])
  })

  test('adds the marker that ends a file where a camera leaves it out, wherever it is cut', () => {
    const ends = [[1, 2, 3], [1, 2, 0xff, 0xd9], [0xd9]].map(bytes =>
      run([groupOf([picture({ data: Buffer.from(bytes) })])])[0]!
        .sample.subarray(-3)
        .toString('hex'),
    )
    expect(ends).toEqual(['03ffd9', '02ffd9', 'd9ffd9'])
    const cut = [picture({ data: Buffer.of(1, 0xff) }), picture({ offset: 2, data: Buffer.of(0xd9) })]
    expect(
      run([groupOf(cut)])[0]
        ?.sample.subarray(-3)
        .toString('hex'),
    ).toBe('01ffd9')
  })

  test('keeps tables for pictures that do not bring their own', () => {
    const content = Buffer.concat([Buffer.alloc(64, 3), Buffer.alloc(64, 4)])
    const units = run([
      groupOf([picture({ quality: 200, tables: { precision: 0, content } })], { time: 1 }),
      groupOf([picture({ quality: 200, tables: { precision: 0, content: Buffer.alloc(0) } })], { time: 2 }),
      groupOf([picture({ quality: 201, tables: { precision: 0, content: Buffer.alloc(0) } })], { time: 3 }),
    ])
    expect(units.map(unit => readSendableJpeg(unit.sample).tables.content)).toEqual([content, content])
  })

  test('takes one table for everything, and tables of 16 bits', () => {
    const one = Buffer.alloc(64, 3)
    const wide = Buffer.concat([one, Buffer.alloc(128, 4)])
    const tables = [
      { precision: 0, content: one },
      { precision: 2, content: wide },
    ].map(sent => {
      const [unit] = run([groupOf([picture({ quality: 255, tables: sent })])])
      return readSendableJpeg(unit!.sample).tables
    })
    expect(tables).toEqual([
      { precision: 0, content: Buffer.concat([one, one]) },
      { precision: 2, content: wide },
    ])
    expect(run([groupOf([picture({ quality: 255, tables: { precision: 1, content: one } })])])).toEqual([])
  })

  test('computes the tables of a quality as libjpeg does', async () => {
    const [made] = await libjpegFiles('I420', 60)
    const [unit] = run([groupOf([picture({ quality: 60 })])])
    expect(readSendableJpeg(unit!.sample).tables).toEqual(readSendableJpeg(made!).tables)
  })

  test('knows the true size of pictures that are too large for the header', () => {
    expect(sizeOf(run([groupOf([picture({ width: 512, height: 1440 })])])[0])).toEqual([2560, 1440])
  })

  test('passes over a picture that is too large, and goes on with the next', () => {
    const data = Buffer.alloc(1024 * 1024)
    const pieces = Array.from({ length: 9 }, (_, i) => picture({ offset: i * data.length, data }))
    expect(run([groupOf(pieces.slice(0, 8))]).map(unit => unit.sizeBytes > 8 * data.length)).toEqual([true])
    const units = run([groupOf(pieces, { time: 1 }), groupOf([picture({})], { time: 2, firstSequenceNumber: 9 })])
    expect(units.map(unit => unit.decodingTime)).toEqual([2])
    const crumbs = Array.from({ length: 16_385 }, (_, offset) => picture({ offset, data: Buffer.of(1) }))
    expect(run([groupOf(crumbs)])).toEqual([])
    expect(run([groupOf(crumbs.slice(1), { time: 1 }), groupOf(crumbs.slice(0, 16_384), { time: 2 })])).toHaveLength(1)
  })

  test('gives only whole pictures, whatever is lost or comes twice', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(payloads.length * 3), { maxLength: 6 }), fc.boolean(), (places, twice) => {
        const groups = Array.from({ length: 3 }, (_, index) => {
          const first = index * payloads.length
          const group = groupOf(payloads, { time: index * 3600, firstSequenceNumber: first })
          const packets = group.packets.flatMap((packet, at) =>
            places.includes(first + at) ? (twice ? [packet, packet] : []) : [packet],
          )
          return Object.assign(group, { packets, complete: packets.at(-1)?.marker === true })
        })
        const units = run(groups.filter(group => group.packets.length > 0))
        for (const unit of units) expect(readSendableJpeg(unit.sample)).toEqual(sendable)
        if (places.every(place => place >= 3 * payloads.length)) expect(units).toHaveLength(3)
      }),
    )
  })

  test('takes any payload without throwing, and never goes back in time', () => {
    const payload = fc
      .tuple(fc.constantFrom(0, 0, 3, 7), fc.constantFrom(0, 1, 64, 65, 9), fc.uint8Array({ maxLength: 300 }))
      .map(([offset, type, rest]) => Buffer.from([0, 0, 0, offset, type, ...rest]))
    const group = fc.tuple(fc.array(payload, { minLength: 1, maxLength: 4 }), fc.nat(5000), fc.boolean())
    fc.assert(
      fc.property(fc.array(group, { maxLength: 6 }), groups => {
        const units = run(groups.map(([lent, time, complete]) => groupOf(lent, { time, complete })))
        for (const [index, unit] of units.entries())
          if (index > 0) expect(unit.decodingTime).toBeGreaterThan(units[index - 1]!.decodingTime)
      }),
      { numRuns: 300 },
    )
  })
})
