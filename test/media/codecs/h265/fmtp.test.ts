import { expect, test } from 'vitest'
import { firstH265Sps, formatH265Parameters, h265ParameterSets } from '#media/codecs/h265/fmtp.ts'
import type { Codec } from '#media/core/codec.ts'

const codec = (formatParameters: string): Codec => ({
  kind: 'video',
  name: 'H265',
  clockRate: 90_000,
  channels: 0,
  formatParameters,
})
const vps = Buffer.from('40010c01ffff016000000300900000030000030096959409', 'hex')
const sps = Buffer.from(
  '420101016000000300900000030000030096a001e020021c5965654a4c2f016808000003000800000300c840',
  'hex',
)
const pps = Buffer.from('4401c073c189', 'hex')

test('writes what it reads', () => {
  const text = formatH265Parameters([vps, sps, pps])
  expect(text).toBe(
    `sprop-vps=${vps.toString('base64')};sprop-sps=${sps.toString('base64')};sprop-pps=${pps.toString('base64')}`,
  )
  expect(h265ParameterSets(codec(text))).toEqual([vps, sps, pps])
})

test('reads what is there, and not what stands in the wrong place', () => {
  const text = `sprop-sps=${sps.toString('base64')};sprop-pps=${vps.toString('base64')}`
  expect(h265ParameterSets(codec(text))).toEqual([sps])
})

test('writes nothing when nothing is known', () => {
  expect(formatH265Parameters([])).toBe('')
})

test('finds the first SPS that can be read', () => {
  expect(firstH265Sps([vps, Buffer.from('4201', 'hex'), sps])).toMatchObject({ width: 3840, height: 2160 })
  expect(firstH265Sps([vps])).toBeUndefined()
})
