import { expect, test } from 'vitest'
import {
  type CandidateFilters,
  configuredCandidates,
  hostCandidates,
  type InterfaceAddress,
} from '#media/protocols/webrtc/local-candidates.ts'

const lo: readonly InterfaceAddress[] = [
  { interfaceName: 'lo', address: '127.0.0.1' },
  { interfaceName: 'lo', address: '::1' },
]
const eth0: readonly InterfaceAddress[] = [
  { interfaceName: 'eth0', address: '192.168.1.2' },
  { interfaceName: 'eth0', address: 'fe80::1' },
  { interfaceName: 'eth0', address: '2001:db8::2' },
]
const docker0: readonly InterfaceAddress[] = [{ interfaceName: 'docker0', address: '172.17.0.1' }]
const all = [...lo, ...docker0, ...eth0]
const ports = { udp4: 1, udp6: 2, tcp: 3 }

test.each<[string, readonly InterfaceAddress[], CandidateFilters, readonly string[]]>([
  ['all that leads here', all, {}, ['192.168.1.2', '2001:db8::2']],
  ['loopback where there is nothing else', lo, {}, ['127.0.0.1', '::1']],
  ['loopback where it is asked for', all, { loopback: true }, ['192.168.1.2', '2001:db8::2', '127.0.0.1', '::1']],
  ['Docker’s where there is no other IPv4', [...lo, ...docker0], {}, ['172.17.0.1']],
  ['Docker’s where it is named', all, { ips: ['172.17.0.1'] }, ['172.17.0.1']],
  ['of one interface', all, { interfaces: ['docker0'] }, ['172.17.0.1']],
  ['of named addresses', all, { ips: ['192.168.1.2'] }, ['192.168.1.2']],
  ['of no interface', all, { interfaces: ['eth9'] }, []],
  ['only what is to be told', all, { candidates: ['2001:db8::2'] }, ['2001:db8::2']],
  ['nothing is to be told', all, { candidates: [] }, []],
])('%s', (_name, interfaces, filters, addresses) => {
  const found = hostCandidates({ interfaces, hosts: [], ...ports, filters })
  expect([...new Set(found.map(({ address }) => address))]).toEqual(addresses)
})

test('each address has UDP and TCP, with the port of its family, UDP first, and no two are worth the same', () => {
  const found = hostCandidates({ interfaces: eth0, hosts: [], ...ports, filters: {} })
  expect(found.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`)).toEqual([
    ...['udp 192.168.1.2 1', 'udp 2001:db8::2 2', 'tcp 192.168.1.2 3', 'tcp 2001:db8::2 3'],
  ])
  const priorities = found.map(({ priority }) => priority)
  expect(priorities).toEqual([...new Set(priorities)].sort((a, b) => b - a))
})

test('only networks that are used are told, and only what is bound', () => {
  const facts = { interfaces: eth0, hosts: [], filters: { networks: ['tcp4', 'udp6'] as const } }
  const inShort = hostCandidates({ ...facts, ...ports }).map(({ protocol, address }) => `${protocol} ${address}`)
  expect(inShort).toEqual(['udp 2001:db8::2', 'tcp 192.168.1.2'])
  expect(hostCandidates({ ...facts, tcp: 3 }).map(({ protocol }) => protocol)).toEqual(['tcp'])
})

test('bound to one address, that one is told', () => {
  const found = hostCandidates({ interfaces: all, hosts: ['10.9.9.9'], udp4: 1, filters: {} })
  expect(found.map(({ address }) => address)).toEqual(['10.9.9.9'])
})

test('bound to every address of IPv4, those are told; to every one of IPv6, all of them', () => {
  const of = (host: string) =>
    hostCandidates({ interfaces: eth0, hosts: [host], tcp: 3, filters: {} }).map(({ address }) => address)
  expect(of('0.0.0.0')).toEqual(['192.168.1.2'])
  expect(of('::')).toEqual(['192.168.1.2', '2001:db8::2'])
})

const configured = (items: readonly string[], publicAddress?: string) =>
  configuredCandidates(items, ['udp', 'tcp'], publicAddress).map(
    ({ protocol, priority, address, port }) => `${protocol} ${priority} ${address} ${port}`,
  )

test('configured ones are told by TCP and UDP, each worth less than the one before, as go2rtc does', () => {
  expect(configured(['203.0.113.5:8555', 'cam.example.org:1', '[2001:db8::9]:2'])).toEqual([
    ...['tcp 1671430142 203.0.113.5 8555', 'udp 2130706429 203.0.113.5 8555'],
    ...['tcp 1671430140 cam.example.org 1', 'udp 2130706427 cam.example.org 1'],
    ...['tcp 1671430138 2001:db8::9 2', 'udp 2130706425 2001:db8::9 2'],
  ])
})

test('the address that servers see is told once it is known, in its place', () => {
  const items = ['stun:8555', '203.0.113.5:8555']
  const known = configured(items, '198.51.100.7')
  expect(known).toEqual(['tcp 1671430142 198.51.100.7 8555', 'udp 2130706429 198.51.100.7 8555', ...configured(items)])
})

test.each(['', '203.0.113.5', '*:8555', 'a b:8555', ':8555', 'host:99999', '2001:db8::9:2'])('%j is none', item => {
  expect(configured([item])).toEqual([])
})
