import { expect, test } from 'vitest'
import { FieldReader, findBox, readBoxes } from '#media/formats/mp4/box-reader.ts'
import { fragmentHeader } from '#media/formats/mp4/fragment.ts'

const fragment = {
  sequenceNumber: 7,
  trackId: 2,
  decodeTime: 2 ** 33 + 5,
  duration: 3600,
  compositionOffset: -3,
  sampleBytes: 100,
  keyframe: true,
}
const whole = (of: typeof fragment): Buffer => Buffer.concat([fragmentHeader(of), Buffer.alloc(of.sampleBytes)])

test('followed by its sample, it is moof and mdat', () => {
  const boxes = readBoxes(whole(fragment))
  expect(boxes.map(box => box.type)).toEqual(['moof', 'mdat'])
  expect(boxes[1]?.content).toHaveLength(100)
})

test('says number, track, time and sample', () => {
  const bytes = whole(fragment)
  const field = (...path: string[]): FieldReader => new FieldReader(findBox(bytes, ...path)!, path.join('/'))
  expect(field('moof', 'mfhd').unsigned(4, 4)).toBe(7)
  expect(field('moof', 'traf', 'tfhd').unsigned(4, 4)).toBe(2)
  expect(field('moof', 'traf', 'tfdt').unsigned64(4)).toBe(2 ** 33 + 5)
  const trun = field('moof', 'traf', 'trun')
  expect([trun.unsigned(8, 4), trun.unsigned(12, 4), trun.unsigned(16, 4)]).toEqual([112, 3600, 100])
  expect([trun.unsigned(20, 4), trun.signed32(24)]).toEqual([0x02000000, -3])
})

test('tells keyframes from the rest', () => {
  const flags = (keyframe: boolean): number => fragmentHeader({ ...fragment, keyframe }).readUInt32BE(96)
  expect([flags(true), flags(false)]).toEqual([0x02000000, 0x01010000])
})

test('shares no memory with another', () => {
  const first = fragmentHeader(fragment)
  fragmentHeader({ ...fragment, trackId: 9 })
  expect(first.readUInt32BE(44)).toBe(2)
})
