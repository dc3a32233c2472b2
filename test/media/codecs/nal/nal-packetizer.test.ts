import { expect, test } from 'vitest'
import { h264Packetizer } from '#media/codecs/h264/packetizer.ts'
import { AccessUnit } from '#media/core/access-unit.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { joined } from '#test/helpers/rtp-packets.ts'

const sps = Buffer.from('6742c00d', 'hex')
const pps = Buffer.from('68ce0fc8', 'hex')
const unit = (parts: readonly Buffer[], keyframe: boolean): AccessUnit =>
  new AccessUnit({
    keyframe,
    decodingTime: ticks(0),
    framing: 'nal',
    parts,
    configuration: [sps, pps],
    arrivedAt: millis(0),
  })

test('a keyframe is led by its parameter sets in one packet', () => {
  const idr = Buffer.from('6588', 'hex')
  const payloads = joined(h264Packetizer(1460).packetize(unit([idr], true))).map(payload => payload.toString('hex'))
  expect(payloads).toEqual(['7800046742c00d000468ce0fc8', '6588'])
})

test('parameter sets that do not fit together go one by one', () => {
  const payloads = joined(h264Packetizer(12).packetize(unit([Buffer.from('6588', 'hex')], true)))
  expect(payloads.map(payload => payload.toString('hex'))).toEqual(['6742c00d', '68ce0fc8', '6588'])
})

test('what is no keyframe goes without them', () => {
  const slice = Buffer.from('419a', 'hex')
  expect(joined(h264Packetizer(1460).packetize(unit([slice], false)))).toEqual([slice])
})

test.each([
  { name: 'one byte too long', bytes: 1461, packets: 2 },
  { name: 'as long as fits', bytes: 1460, packets: 1 },
  { name: 'long', bytes: 100_000, packets: 69 },
])('a NAL unit that is $name takes $packets packets, none too large', ({ bytes, packets }) => {
  const nal = Buffer.alloc(bytes, 0x41)
  const payloads = joined(h264Packetizer(1460).packetize(unit([nal], false)))
  expect(payloads).toHaveLength(packets)
  expect(Math.max(...payloads.map(payload => payload.length))).toBeLessThanOrEqual(1460)
})
