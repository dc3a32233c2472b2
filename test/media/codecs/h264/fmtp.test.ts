import { expect, test } from 'vitest'
import { firstH264Sps, formatH264Parameters, h264ParameterSets } from '#media/codecs/h264/fmtp.ts'
import type { Codec } from '#media/core/codec.ts'

const codec = (formatParameters: string): Codec => ({
  kind: 'video',
  name: 'H264',
  clockRate: 90_000,
  channels: 0,
  formatParameters,
})
const sps = Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex')
const pps = Buffer.from('68ce0fc8', 'hex')
const text = `packetization-mode=1;profile-level-id=42C00D;sprop-parameter-sets=${sps.toString('base64')},${pps.toString('base64')}`

test('writes what it reads', () => {
  expect(formatH264Parameters([sps, pps])).toBe(text)
  expect(h264ParameterSets(codec(text))).toEqual([sps, pps])
})

test.each([
  { name: 'nothing', text: '' },
  { name: 'an empty value', text: 'sprop-parameter-sets=' },
  { name: 'something that is no parameter set', text: 'sprop-parameter-sets=ZZZZ' },
])('reads no sets from $name', ({ text }) => {
  expect(h264ParameterSets(codec(text))).toEqual([])
})

test('writes the mode alone when nothing is known', () => {
  expect(formatH264Parameters([])).toBe('packetization-mode=1')
})

test('finds the first SPS that can be read', () => {
  expect(firstH264Sps([pps, Buffer.from('67ff', 'hex'), sps])).toMatchObject({ width: 352, height: 288 })
  expect(firstH264Sps([pps])).toBeUndefined()
})
