import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Where a request comes from: this machine, its private network, or anywhere else. From trusted to not. */
export type Ring = 'local' | 'lan' | 'far'

/** Addresses one forwarding header may name. */
const FORWARDED_COUNT_MAX = 32

const subnets = (ranges: readonly (readonly [address: string, prefix: number])[]): BlockList => {
  const list = new BlockList()
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return list
}

const loopback = subnets([
  ['127.0.0.0', 8],
  ['::1', 128],
])

/** RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6, and RFC 6598, which private networks over tunnels use. */
const privateRanges = subnets([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['fc00::', 7],
  ['fe80::', 10],
])

/** The ring of an address; no address at all is a unix socket, and what is no address is far. */
export const ringOf = (address: string | undefined): Ring => {
  if (address === undefined || address === '') return 'local'
  const plain = plainAddress(address)
  const version = isIP(plain)
  if (version === 0) return 'far'
  const family = version === 6 ? 'ipv6' : 'ipv4'
  if (loopback.check(plain, family)) return 'local'
  return privateRanges.check(plain, family) ? 'lan' : 'far'
}

/** An address without IPv4's disguise as IPv6 (`::ffff:`) and without a zone. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

/**
 * The least trusted of a socket's ring and of everything that forwarding headers claim: a header may lower
 * trust and never raises it, as anybody can write one.
 */
export const leastTrusted = (socketRing: Ring, headers: IncomingHttpHeaders): Ring =>
  forwardedAddresses(headers).map(ringOf).reduce(lessTrusted, socketRing)

const order: readonly Ring[] = ['local', 'lan', 'far']

const lessTrusted = (one: Ring, other: Ring): Ring => (order.indexOf(one) >= order.indexOf(other) ? one : other)

/** RFC 7239 §5.2 and the headers that came before it. Obfuscated names (`unknown`, `_x`) stay, and count as far. */
const forwardedAddresses = (headers: IncomingHttpHeaders): readonly string[] => {
  const listed = [headers['x-forwarded-for'], headers['x-real-ip']].flatMap(value => splitList(value))
  const forwarded = splitList(headers['forwarded']).flatMap(element => {
    const found = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i.exec(element)
    return found === null ? [] : [found[1]!.replaceAll('"', '')]
  })
  return [...listed, ...forwarded].map(withoutPort)
}

const splitList = (value: string | string[] | undefined): readonly string[] =>
  (Array.isArray(value) ? value.join(',') : (value ?? ''))
    .split(',', FORWARDED_COUNT_MAX)
    .map(item => item.trim())
    .filter(item => item !== '')

/** `1.2.3.4:5678`, `[::1]:5678`, `[::1]` and plain addresses. */
const withoutPort = (address: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address
