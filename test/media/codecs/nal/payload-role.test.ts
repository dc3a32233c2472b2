import { expect, test } from 'vitest'
import { h264Syntax } from '#media/codecs/h264/h264-syntax.ts'
import { h265Syntax } from '#media/codecs/h265/h265-syntax.ts'
import { payloadRole } from '#media/codecs/nal/payload-role.ts'

test.each([
  { name: 'an IDR slice', hex: '6588', role: 'keyframe' },
  { name: 'another slice', hex: '419a', role: 'picture' },
  { name: 'an SPS', hex: '6742', role: 'leading' },
  { name: 'SEI', hex: '0605', role: 'leading' },
  { name: 'a delimiter', hex: '09f0', role: 'leading' },
  { name: 'STAP-A of SPS and PPS', hex: '78000267420002 68ce', role: 'leading' },
  { name: 'STAP-A of SPS and IDR', hex: '78000267420002 6588', role: 'keyframe' },
  { name: 'the first FU-A of an IDR slice', hex: '7c8588', role: 'keyframe' },
  { name: 'a later FU-A of an IDR slice', hex: '7c0588', role: 'rest' },
  { name: 'the first FU-A of another slice', hex: '7c819a', role: 'picture' },
  { name: 'an SPS with an IDR slice behind a start code', hex: '67420000000165 88', role: 'keyframe' },
  { name: 'nothing', hex: '', role: 'leading' },
  { name: 'MTAP', hex: '7a0000', role: 'rest' },
])('an H.264 payload of $name is $role', ({ hex, role }) => {
  expect(payloadRole(h264Syntax, Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(role)
})

test.each([
  { name: 'an IDR_W_RADL slice', hex: '2601af', role: 'keyframe' },
  { name: 'a CRA slice', hex: '2a01af', role: 'keyframe' },
  { name: 'a trailing slice', hex: '0201d0', role: 'picture' },
  { name: 'a VPS', hex: '40010c', role: 'leading' },
  { name: 'an aggregation of VPS and SPS', hex: '6001000340010c0003420101', role: 'leading' },
  { name: 'the first fragment of an IDR slice', hex: '620193af', role: 'keyframe' },
  { name: 'a later fragment of it', hex: '620113af', role: 'rest' },
  { name: 'one byte', hex: '26', role: 'rest' },
])('an H.265 payload of $name is $role', ({ hex, role }) => {
  expect(payloadRole(h265Syntax, Buffer.from(hex, 'hex'))).toBe(role)
})
