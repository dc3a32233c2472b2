import { expect, test } from 'vitest'
import { h265NalRole, h265NalType, h265StartsUnit } from '#media/codecs/h265/nal-unit.ts'

test.each([
  { name: 'a trailing slice', byte: 0x02, type: 1, role: 'picture' },
  { name: 'an IDR_W_RADL slice', byte: 0x26, type: 19, role: 'keyframe' },
  { name: 'a CRA slice', byte: 0x2a, type: 21, role: 'keyframe' },
  { name: 'a VPS', byte: 0x40, type: 32, role: 'parameter-set' },
  { name: 'a PPS', byte: 0x44, type: 34, role: 'parameter-set' },
  { name: 'a delimiter', byte: 0x46, type: 35, role: 'dropped' },
  { name: 'prefix SEI', byte: 0x4e, type: 39, role: 'attached' },
  { name: 'suffix SEI', byte: 0x50, type: 40, role: 'attached' },
  { name: 'a reserved slice', byte: 0x30, type: 24, role: 'dropped' },
])('$name is $role', ({ byte, type, role }) => {
  expect([h265NalType(byte), h265NalRole(byte)]).toEqual([type, role])
})

test('delimiters, parameter sets and prefix SEI begin an access unit; suffix SEI and filler do not', () => {
  expect([0x46, 0x40, 0x42, 0x44, 0x4e].every(h265StartsUnit)).toBe(true)
  expect([0x50, 0x4c, 0x48].some(h265StartsUnit)).toBe(false)
})
