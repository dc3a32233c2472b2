import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  candidatePriority,
  formatCandidate,
  type IceCandidate,
  pairPriority,
  parseCandidate,
} from '#media/protocols/webrtc/ice-candidate.ts'

const host: IceCandidate = {
  type: 'host',
  protocol: 'udp',
  address: '192.168.1.7',
  port: 51_473,
  priority: 2_130_706_431,
}

test.each<[string, IceCandidate, RegExp]>([
  ['of UDP', host, /^\d+ 1 udp 2130706431 192\.168\.1\.7 51473 typ host$/],
  ['of TCP', { ...host, protocol: 'tcp', tcpType: 'passive' }, /^\d+ 1 tcp .* typ host tcptype passive$/],
  ['by IPv6', { ...host, address: '2001:db8::1' }, /^\d+ 1 udp 2130706431 2001:db8::1 51473 typ host$/],
  ['by name', { ...host, address: 'cam.example.org' }, / cam\.example\.org 51473 typ host$/],
  ['of a server', { ...host, type: 'srflx' }, / typ srflx raddr 0\.0\.0\.0 rport 0$/],
  ['of an IPv6 relay', { ...host, type: 'relay', address: '2001:db8::1' }, / typ relay raddr :: rport 0$/],
])('a candidate %s is written, and read again', (_name, candidate, line) => {
  expect(formatCandidate(candidate)).toMatch(line)
  expect(parseCandidate(`candidate:${formatCandidate(candidate)}`)).toEqual(candidate)
})

test('go2rtc’s foundation of a configured address', () => {
  // crc32('host203.0.113.5udp4'), as go2rtc makes it.
  expect(formatCandidate({ ...host, address: '203.0.113.5' }).split(' ')[0]).toMatch(/^\d+$/)
  const foundations = ['udp', 'tcp'].map(
    protocol => formatCandidate({ ...host, protocol: protocol as 'udp' }).split(' ')[0],
  )
  expect(new Set(foundations).size).toBe(2)
})

test.each([
  ['', undefined],
  ['candidate:1 1 udp 1 10.0.0.1 5 typ', undefined],
  ['candidate:1 1 sctp 1 10.0.0.1 5 typ host', undefined],
  ['candidate:1 1 udp x 10.0.0.1 5 typ host', undefined],
  ['candidate:1 1 udp 1 10.0.0.1 70000 typ host', undefined],
  ['candidate:1 1 udp 1 10.0.0.1 5 typ constructor', undefined],
  [`candidate:1 1 udp 1 ${'a'.repeat(600)} 5 typ host`, undefined],
  ['a=candidate:1 1 UDP 1 10.0.0.1 5 typ host', { protocol: 'udp', port: 5 }],
  ['1 1 tcp 1 10.0.0.1 9 typ host tcptype active', { protocol: 'tcp', tcpType: 'active' }],
  ['1 1 tcp 1 10.0.0.1 9 typ host', { tcpType: 'passive' }],
])('%j', (line, candidate) => {
  if (candidate === undefined) expect(parseCandidate(line)).toBeUndefined()
  else expect(parseCandidate(line)).toMatchObject(candidate)
})

test('no line throws', () => {
  fc.assert(fc.property(fc.string(), line => void parseCandidate(line)))
})

test('priorities are those of RFC 8445', () => {
  expect(candidatePriority('host', 65_535)).toBe(2_130_706_431)
  expect(candidatePriority('relay', 65_535)).toBeLessThan(candidatePriority('srflx', 0))
  expect(pairPriority(2, 1)).toBe((1n << 32n) + 5n)
  expect(pairPriority(1, 2)).toBe((1n << 32n) + 4n)
})
