import { expect, test } from 'vitest'
import { av1Packetizer } from '#media/codecs/av1/packetizer.ts'
import { AccessUnit } from '#media/core/access-unit.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { joined } from '#test/helpers/rtp-packets.ts'

const packetize = (hex: string, keyframe: boolean, payloadBytesMax: number, configuration: readonly string[] = []) => {
  const unit = new AccessUnit({
    keyframe,
    decodingTime: ticks(0),
    framing: 'frame',
    parts: [Buffer.from(hex, 'hex')],
    configuration: configuration.map(one => Buffer.from(one, 'hex')),
    arrivedAt: millis(0),
  })
  return joined(av1Packetizer(payloadBytesMax).packetize(unit)).map(payload => payload.toString('hex'))
}

test('units share a payload, without sizes of their own and without delimiters', () => {
  expect(packetize('12000a020000320210aa', true, 100)).toEqual(['08' + '03080000' + '033010aa'])
})

test('a long unit goes over several payloads', () => {
  const body = Array.from({ length: 30 }, (_, i) => (i + 0x10).toString(16)).join('')
  const payloads = packetize(`321e${body}`, false, 16)
  expect(payloads.map(payload => payload.slice(0, 2))).toEqual(['40', 'c0', '80'])
  expect(payloads.map(payload => payload.slice(4)).join('')).toBe(`30${body}`)
})

test('a keyframe gets the sequence header it lacks', () => {
  expect(packetize('320210aa', true, 100, ['0a020000'])).toEqual(['08' + '03080000' + '033010aa'])
  expect(packetize('320230aa', false, 100, ['0a020000'])).toEqual(['00' + '033030aa'])
})

test('what is broken, or only a delimiter, is left out', () => {
  expect(packetize('3205aa', false, 100)).toEqual([])
  expect(packetize('1200', false, 100)).toEqual([])
})
