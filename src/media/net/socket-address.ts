import { BlockList, isIP } from 'node:net'

/** `ip:port`, IPv6 in brackets, IPv4-mapped IPv6 as IPv4; empty when the socket has none any more. */
export const formatAddress = (address: string | undefined, port: number | undefined): string => {
  if (address === undefined || port === undefined) return ''
  const plain = plainAddress(address)
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`
}

/** Whether an address belongs to this machine alone: 127.0.0.0/8, ::1 (RFC 6890). */
export const isLoopback = (address: string | undefined): boolean => {
  if (address === undefined) return false
  const plain = plainAddress(address)
  return plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain)
}

/** An address without the `::ffff:` that dual-stack sockets put before IPv4 (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** An address as both TCP and UDP name it: plain, and without the interface of a link-local one (RFC 4007 §11). */
export const withoutZone = (address: string): string => plainAddress(address).replace(/%.*$/, '')

/** Addresses that lead nowhere beyond a site: RFC 6890, and RFC 6598's that providers and VPNs use inside. */
const privateAddresses = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  privateAddresses.addSubnet(network, bits, 'ipv4')
privateAddresses.addSubnet('fc00::', 7, 'ipv6')
privateAddresses.addSubnet('fe80::', 10, 'ipv6')
privateAddresses.addAddress('::1', 'ipv6')

/** Whether an address is one of a private network; a name is not. */
export const isPrivateAddress = (address: string): boolean => {
  const version = isIP(address)
  return version !== 0 && privateAddresses.check(address, version === 6 ? 'ipv6' : 'ipv4')
}
