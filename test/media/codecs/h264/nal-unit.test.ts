import { expect, test } from 'vitest'
import { h264NalRole, h264NalType, h264StartsUnit } from '#media/codecs/h264/nal-unit.ts'

test.each([
  { name: 'a slice', byte: 0x41, type: 1, role: 'picture' },
  { name: 'an IDR slice', byte: 0x65, type: 5, role: 'keyframe' },
  { name: 'SEI', byte: 0x06, type: 6, role: 'attached' },
  { name: 'an SPS', byte: 0x67, type: 7, role: 'parameter-set' },
  { name: 'a PPS', byte: 0x68, type: 8, role: 'parameter-set' },
  { name: 'a delimiter', byte: 0x09, type: 9, role: 'dropped' },
  { name: 'filler', byte: 0x0c, type: 12, role: 'dropped' },
  { name: 'something unknown', byte: 0x1f, type: 31, role: 'dropped' },
])('$name is $role', ({ byte, type, role }) => {
  expect([h264NalType(byte), h264NalRole(byte)]).toEqual([type, role])
})

test('delimiters, parameter sets and SEI begin an access unit; filler and prefix units do not', () => {
  expect([0x09, 0x67, 0x68, 0x06].every(h264StartsUnit)).toBe(true)
  expect([0x0c, 0x6e, 0x0a].some(h264StartsUnit)).toBe(false)
})
