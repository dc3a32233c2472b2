import { expect, test } from 'vitest'
import { AccessUnit } from '#media/core/access-unit.ts'
import { millis, ticks } from '#media/runtime/units.ts'

const unit = (framing: 'nal' | 'frame', ...parts: string[]): AccessUnit =>
  new AccessUnit({
    keyframe: true,
    decodingTime: ticks(0),
    framing,
    parts: parts.map(part => Buffer.from(part)),
    configuration: [],
    arrivedAt: millis(0),
  })

test('NAL units stand in a sample with their lengths', () => {
  const one = unit('nal', 'ab', 'c')
  expect(one.sample.toString('latin1')).toBe('\0\0\0\x02ab\0\0\0\x01c')
  expect(one.sizeBytes).toBe(one.sample.length)
  expect(one.sample).toBe(one.sample)
})

test('a frame is its own sample, without a copy', () => {
  const one = unit('frame', 'ab')
  expect(one.sample).toBe(one.parts[0])
  expect(unit('frame', 'ab', 'c').sample.toString()).toBe('abc')
})

test('a sample that its maker had is used as it is', () => {
  const sample = Buffer.from('\0\0\0\x02ab', 'latin1')
  const one = new AccessUnit({ ...unit('nal'), framing: 'nal', parts: [sample.subarray(4)], configuration: [], sample })
  expect(one.sample).toBe(sample)
  expect(one.sizeBytes).toBe(sample.length)
})
