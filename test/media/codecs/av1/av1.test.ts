import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { av1 } from '#media/codecs/av1/av1.ts'
import { splitObus } from '#media/codecs/av1/obu.ts'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { decodedFrames, encodedFrames } from '#test/helpers/ivf.ts'
import {
  expectOnlyWhole,
  expectTakesAnything,
  groupsOf,
  unitsOfFrames,
  unitsOfGroups,
} from '#test/helpers/picture-codecs.ts'

/** Without delimiters, which RTP and MP4 do without. */
let units: readonly AccessUnit[]

beforeAll(async () => {
  units = unitsOfFrames((await encodedFrames('AV1')).map(frame => frame.subarray(2)))
})

describe('AV1', () => {
  test('in packets of any size gives back the frames they were made of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 1460 }), payloadBytesMax => {
        const back = unitsOfGroups(av1, groupsOf(av1, units, payloadBytesMax))
        expect(back.map(unit => unit.sample)).toEqual(units.map(unit => unit.sample))
        expect(back.map(unit => unit.keyframe)).toEqual(units.map(unit => unit.keyframe))
      }),
      { numRuns: 15 },
    )
  })

  test('is decoded to the same pictures after it', async () => {
    const delimited = (of: readonly AccessUnit[]): Buffer[] =>
      of.map(unit => Buffer.concat([Buffer.of(0x12, 0), unit.sample]))
    const back = unitsOfGroups(av1, groupsOf(av1, units, 500))
    expect(await decodedFrames('AV1', delimited(back))).toBe(await decodedFrames('AV1', delimited(units)))
    expect(splitObus(back[1]!.configuration[0]!).map(({ type }) => type)).toEqual([1])
  })

  test('gives only whole frames, whatever is lost', () => {
    expectOnlyWhole(av1, units, 300)
  })

  test('takes any payload', () => {
    expectTakesAnything(av1, [0x10, 0x18, 0x20, 0x50, 0x90, 0x00])
  })

  test('shows in its first packet where one may begin', () => {
    const starts = groupsOf(av1, units, 300).map(({ packets }) =>
      packets.map(({ payload }) => av1.startsKeyframe(payload)),
    )
    for (const [index, group] of starts.entries())
      expect(group).toEqual(group.map((_, at) => index % 5 === 0 && at === 0))
  })

  test.each([
    { name: 'a sequence header without the mark', hex: '10080000', starts: true, leads: false },
    { name: 'the mark', hex: '183010', starts: true, leads: false },
    { name: 'a delimiter', hex: '101200', starts: false, leads: true },
    { name: 'metadata', hex: '1028aa', starts: false, leads: true },
    { name: 'a frame', hex: '103030', starts: false, leads: false },
    { name: 'a later piece', hex: '9028', starts: false, leads: false },
    { name: 'nothing', hex: '', starts: false, leads: false },
  ])('$name', ({ hex, starts, leads }) => {
    const payload = Buffer.from(hex, 'hex')
    expect([av1.startsKeyframe(payload), av1.leadsPicture(payload)]).toEqual([starts, leads])
  })
})
