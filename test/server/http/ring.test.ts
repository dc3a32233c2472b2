import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leastTrusted, plainAddress, ringOf } from '#server/http/ring.ts'

describe('the ring of an address', () => {
  test.each([
    [undefined, 'local'],
    ['', 'local'],
    ['127.0.0.1', 'local'],
    ['127.9.9.9', 'local'],
    ['::1', 'local'],
    ['::ffff:127.0.0.1', 'local'],
    ['10.1.2.3', 'lan'],
    ['172.16.0.1', 'lan'],
    ['172.32.0.1', 'far'],
    ['192.168.1.5', 'lan'],
    ['::ffff:192.168.1.5', 'lan'],
    ['169.254.1.1', 'lan'],
    ['100.64.1.1', 'lan'],
    ['fe80::1%eth0', 'lan'],
    ['fd12::1', 'lan'],
    ['8.8.8.8', 'far'],
    ['::ffff:8.8.8.8', 'far'],
    ['2001:db8::1', 'far'],
    ['unknown', 'far'],
    ['127.0.0.1.evil.example', 'far'],
  ] as const)('%s is %s', (address, ring) => {
    expect(ringOf(address)).toBe(ring)
  })
})

describe('forwarding headers', () => {
  test.each([
    { name: 'none leave the socket’s ring', headers: {}, ring: 'local' },
    { name: 'of this machine change nothing', headers: { 'x-forwarded-for': '127.0.0.1' }, ring: 'local' },
    { name: 'of the network lower trust', headers: { 'x-forwarded-for': '192.168.1.9' }, ring: 'lan' },
    { name: 'of anybody lower it further', headers: { 'x-forwarded-for': '10.0.0.1, 8.8.8.8' }, ring: 'far' },
    { name: 'that lie do not raise it', headers: { 'x-forwarded-for': '8.8.8.8, 127.0.0.1' }, ring: 'far' },
    { name: 'with a port are read', headers: { 'x-forwarded-for': '127.0.0.1:4567' }, ring: 'local' },
    { name: 'of nginx are read', headers: { 'x-real-ip': '8.8.8.8' }, ring: 'far' },
    {
      name: 'of RFC 7239 are read',
      headers: { forwarded: 'for=192.0.2.60;proto=http, for="[2001:db8::1]:8080"' },
      ring: 'far',
    },
    { name: 'of RFC 7239 may name this machine', headers: { forwarded: 'proto=http;for="[::1]:80"' }, ring: 'local' },
    { name: 'that hide the address count as far', headers: { forwarded: 'for=_hidden' }, ring: 'far' },
    { name: 'that are rubbish count as far', headers: { 'x-forwarded-for': '<script>' }, ring: 'far' },
  ] as const)('$name', ({ headers, ring }) => {
    expect(leastTrusted('local', headers)).toBe(ring)
  })

  test('never make a far socket nearer, whatever they say', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(leastTrusted('far', { 'x-forwarded-for': one, forwarded: other })).toBe('far')
      }),
    )
  })
})

test('IPv4 in IPv6 and zones are told plainly', () => {
  expect(plainAddress('::ffff:1.2.3.4')).toBe('1.2.3.4')
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1')
})
