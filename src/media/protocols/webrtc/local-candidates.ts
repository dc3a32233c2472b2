import { BlockList, isIP } from 'node:net'
import { isLoopback } from '../../net/socket-address.ts'
import type { IceCandidate } from './ice-candidate.ts'
import type { IceNetworkName } from './ice-port.ts'

/** Priorities of a machine's first address (RFC 8445 §5.1.2.1), and of its connections (RFC 6544 §4.2). */
const UDP_PRIORITY = 2_130_706_431
const TCP_PRIORITY = 1_671_430_143
/** Between two addresses of one kind: one of the local preference. */
const PRIORITY_STEP = 256
const PORT_MAX = 65_535

/** Docker's own networks: go2rtc announces them only when told to. */
const docker = new BlockList()
docker.addSubnet('172.16.0.0', 12, 'ipv4')
/** Addresses that mean another machine on every network. */
const linkLocal = new BlockList()
linkLocal.addSubnet('fe80::', 10, 'ipv6')

/** An address of this machine, as the system lists them. */
export interface InterfaceAddress {
  readonly interfaceName: string
  readonly address: string
}

/** What is used and announced of this machine: `webrtc.filters`, where a missing list means all. */
export interface CandidateFilters {
  /** Addresses to announce, of those that are used; an empty list: none. */
  readonly candidates?: readonly string[]
  /** Announce 127.0.0.1 and ::1 as well. Default: only where there is nothing else. */
  readonly loopback?: boolean
  /** Names of interfaces. */
  readonly interfaces?: readonly string[]
  /** Addresses of interfaces. Without it, 172.16.0.0/12 (Docker) is left out where there is any other IPv4. */
  readonly ips?: readonly string[]
  /** `udp4`, `udp6`, `tcp4`, `tcp6`: what is listened on and announced. */
  readonly networks?: readonly IceNetworkName[]
  /** Lowest and highest port of UDP, where `listen` names none for it. */
  readonly udpPorts?: readonly [number, number]
}

/** What our candidates follow from. */
export interface LocalFacts {
  readonly interfaces: readonly InterfaceAddress[]
  /** What the port is bound to; empty: all addresses. */
  readonly hosts: readonly string[]
  /** The bound ports; without one nothing of its kind is told. */
  readonly udp4?: number
  readonly udp6?: number
  readonly tcp?: number
  readonly filters: CandidateFilters
}

/** Whether a family is used by a protocol. */
export const hasNetwork = ({ networks }: CandidateFilters, name: IceNetworkName): boolean =>
  networks === undefined || networks.includes(name)

/** The addresses of this machine where we are found: those of the interfaces that may be used, best first. */
export const hostAddresses = ({ interfaces, hosts, filters }: LocalFacts): readonly string[] => {
  const isEverywhere = hosts.length === 0 || hosts.includes('::') || hosts.includes('0.0.0.0')
  if (!isEverywhere) return announced(hosts, filters)
  const isIpv4Only = hosts.length > 0 && !hosts.includes('::')
  const used = interfaces
    .filter(({ address }) => !isIpv4Only || isIP(address) === 4)
    .filter(({ interfaceName }) => filters.interfaces?.includes(interfaceName) ?? true)
    .filter(({ address }) => filters.ips?.includes(address) ?? true)
    .map(({ address }) => address)
    .filter(address => isIP(address) !== 0 && !(isIP(address) === 6 && linkLocal.check(address, 'ipv6')))
  const beyond = used.filter(address => !isLoopback(address))
  const useful = filters.ips === undefined ? withoutDocker(beyond) : beyond
  const loopback = filters.loopback === true || useful.length === 0 ? used.filter(isLoopback) : []
  return announced([...new Set([...useful, ...loopback])], filters)
}

const withoutDocker = (addresses: readonly string[]): readonly string[] => {
  const isDocker = (address: string): boolean => isIP(address) === 4 && docker.check(address, 'ipv4')
  const hasOther = addresses.some(address => isIP(address) === 4 && !isDocker(address))
  return hasOther ? addresses.filter(address => !isDocker(address)) : addresses
}

const announced = (addresses: readonly string[], { candidates }: CandidateFilters): readonly string[] =>
  addresses.filter(address => candidates?.includes(address) ?? true)

/** Where this machine itself is found: UDP of each address before TCP of each (RFC 8445 §5.1.1.1, RFC 6544 §5). */
export const hostCandidates = (facts: LocalFacts): readonly IceCandidate[] => {
  const addresses = hostAddresses(facts)
  const of = (protocol: 'udp' | 'tcp'): readonly IceCandidate[] =>
    addresses.flatMap((address, index): readonly IceCandidate[] => {
      const family = isIP(address) === 6 ? 6 : 4
      const port = protocol === 'tcp' ? facts.tcp : facts[`udp${family}`]
      if (port === undefined || !hasNetwork(facts.filters, `${protocol}${family}`)) return []
      return [candidateOf(protocol, address, port, index * PRIORITY_STEP)]
    })
  return [...of('udp'), ...of('tcp')]
}

/**
 * Where the configuration says that we are found: `host:port`, names as they are, and `stun:port` for the address
 * that servers see, once it is known. Without a port an item means nothing, as in go2rtc.
 */
export const configuredCandidates = (
  items: readonly string[],
  protocols: readonly ('udp' | 'tcp')[],
  publicAddress: string | undefined,
): readonly IceCandidate[] => {
  const places = items.flatMap(item => {
    const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(item.trim()) ?? []
    const host = bracketed ?? plain
    return port !== '' && Number(port) <= PORT_MAX && isFindable(host) ? [[host, Number(port)] as const] : []
  })
  let index = 0
  return places.flatMap(([host, port]) =>
    [...protocols].sort().flatMap((protocol): readonly IceCandidate[] => {
      // What is not known yet keeps its place, so that what is known never changes.
      index++
      const address = host === 'stun' ? publicAddress : host
      return address === undefined ? [] : [candidateOf(protocol, address, port, index)]
    }),
  )
}

/** Whether it is an address, or may be a name. */
const isFindable = (host: string): boolean => isIP(host) !== 0 || /^[\w-]+(\.[\w-]+)*\.?$/.test(host)

const candidateOf = (protocol: 'udp' | 'tcp', address: string, port: number, less: number): IceCandidate => ({
  ...{ type: 'host', protocol, address, port },
  priority: (protocol === 'udp' ? UDP_PRIORITY : TCP_PRIORITY) - less,
  ...(protocol === 'tcp' && { tcpType: 'passive' }),
})
