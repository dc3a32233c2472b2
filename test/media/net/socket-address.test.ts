import { expect, test } from 'vitest'
import { formatAddress, isLoopback, plainAddress } from '#media/net/socket-address.ts'

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
