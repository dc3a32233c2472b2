import { expect, test } from 'vitest'
import { formatAddress, isLoopback, isPrivateAddress, plainAddress, withoutZone } from '#media/net/socket-address.ts'

test.each([
  ['192.168.1.5', 554, '192.168.1.5:554'],
  ['::ffff:192.168.1.5', 554, '192.168.1.5:554'],
  ['fe80::1', 8554, '[fe80::1]:8554'],
  [undefined, undefined, ''],
])('an address is written: %s %s', (address, port, written) => {
  expect(formatAddress(address, port)).toBe(written)
})

test.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('%s is this machine alone', address => {
  expect(isLoopback(address)).toBe(true)
})

test.each(['192.168.1.5', '::', '::2', '128.0.0.1', '127.0.0.1.evil', '::ffff:10.0.0.1', undefined])(
  '%s is not this machine alone',
  address => {
    expect(isLoopback(address)).toBe(false)
  },
)

test('IPv6 that is no mapped IPv4 stays as it is', () => {
  expect(plainAddress('::ffff:1:2')).toBe('::ffff:1:2')
})

test.each([
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.20', true],
  ['100.100.1.1', true],
  ['127.0.0.1', true],
  ['8.8.8.8', false],
  ['::ffff:192.168.1.20', true],
  ['fd12::1', true],
  ['fe80::1', true],
  ['2001:db8::1', false],
  ['camera.local', false],
])('%s is private: %s', (address, expected) => {
  expect(isPrivateAddress(address)).toBe(expected)
})

test('an address has no zone for UDP', () => {
  expect(withoutZone('fe80::1%eth0')).toBe('fe80::1')
  expect(withoutZone('::ffff:10.0.0.1')).toBe('10.0.0.1')
})
