import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { IcePort } from '#media/protocols/webrtc/ice-port.ts'
import { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { type AdmissionOptions, WebRtcPort, type WebRtcPortOptions } from '#media/protocols/webrtc/webrtc-port.ts'
import { systemClock as clock } from '#media/runtime/clock.ts'
import { LimitError } from '#media/runtime/errors.ts'
import { RecordingLogger } from '#test/helpers/recording-logger.ts'
import { StunServer } from '#test/helpers/stun-server.ts'

let held: DisposableStack
const logger = new RecordingLogger()

beforeEach(() => {
  held = new DisposableStack()
})

afterEach(() => held.dispose())

const open = async (listen: string, more: Partial<WebRtcPortOptions> = {}): Promise<WebRtcPort> => {
  const options = { listen, candidates: [], iceServers: [], filters: {}, clock, logger, ...more }
  return held.use(await WebRtcPort.open(options))
}

const sessionOf = (): IceSession =>
  held.use(new IceSession({ clock, role: 'controlled', remote: { name: 'peer', password: 'password' } }))

const candidatesOf = async (port: WebRtcPort, more: Partial<AdmissionOptions> = {}): Promise<readonly string[]> => {
  const session = sessionOf()
  port.add(session, { remoteAddress: '', ...more })
  return session.gathered
}

/** Without the foundation and what follows from the rest. */
const inShort = (lines: readonly string[]): readonly string[] =>
  lines.map(line => line.split(' ').slice(2, 8).join(' '))

test('its ways are told for UDP and TCP, configured ones first, names as they are', async () => {
  const port = await open('127.0.0.1:0', { candidates: ['203.0.113.5:8555', 'cam.example.org:9000', 'nonsense'] })
  const number = port.address.split(':')[1]
  expect(inShort(await candidatesOf(port))).toEqual([
    'tcp 1671430142 203.0.113.5 8555 typ host',
    'udp 2130706429 203.0.113.5 8555 typ host',
    'tcp 1671430140 cam.example.org 9000 typ host',
    'udp 2130706427 cam.example.org 9000 typ host',
    `udp 2130706431 127.0.0.1 ${number} typ host`,
    `tcp 1671430143 127.0.0.1 ${number} typ host`,
  ])
})

test('with /udp there is nothing else; with /tcp, UDP has another port, and configured ways are TCP', async () => {
  const udp = await open('127.0.0.1:0/udp', { candidates: ['203.0.113.5:8555'] })
  expect((await candidatesOf(udp)).map(line => line.split(' ')[2])).toEqual(['udp', 'udp'])
  const tcp = await open('127.0.0.1:0/tcp', { candidates: ['203.0.113.5:8555'] })
  const [configured, ...own] = (await candidatesOf(tcp)).map(line => line.split(' '))
  expect(configured?.[2]).toBe('tcp')
  expect(own.map(parts => parts[2])).toEqual(['udp', 'tcp'])
  expect(`127.0.0.1:${own[1]?.[5]}`).toBe(tcp.address)
})

test('without an address it is UDP on any free port, or on one of a range', async () => {
  expect((await candidatesOf(await open(''))).every(line => line.split(' ')[2] === 'udp')).toBe(true)
  const ranged = await open('', { filters: { udpPorts: [41_000, 41_900] } })
  const ports = (await candidatesOf(ranged)).map(line => Number(line.split(' ')[5]))
  expect(ports.every(port => port >= 41_000 && port <= 41_900)).toBe(true)
})

test('bound to everything, it is found by the addresses of this machine', async () => {
  const lines = await candidatesOf(await open(':0'))
  const known = Object.values(networkInterfaces()).flatMap(all => (all ?? []).map(({ address }) => address))
  expect(lines.length).toBeGreaterThan(0)
  expect(known).toEqual(expect.arrayContaining(lines.map(line => line.split(' ')[4])))
})

test('bound to IPv6, it is found there', async () => {
  const port = await open('[::1]:0')
  expect(port.address).toMatch(/^\[::1\]:\d+$/)
  expect((await candidatesOf(port)).map(line => line.split(' ')[4])).toEqual(['::1', '::1'])
})

test('bound to a name, it is found where that leads to, and asks no servers elsewhere', async () => {
  const port = await open('localhost:0', { iceServers: [{ urls: ['stun:192.0.2.77'] }] })
  const session = sessionOf()
  port.add(session, { remoteAddress: '' })
  const addresses = (await session.gathered).map(line => line.split(' ')[4] ?? '')
  expect(addresses.length).toBeGreaterThan(0)
  expect(addresses.every(address => address === '127.0.0.1' || address === '::1')).toBe(true)
  expect(session.record.servers).toEqual([])
})

test('what cannot be bound beside the rest is told to the log', async () => {
  const taken = held.use(await IcePort.open({ host: '127.0.0.1', udp: undefined, tcp: 0, networks: ['tcp4'], clock }))
  await open(`127.0.0.1:${taken.tcpPort}`)
  expect(logger.of('warn').join()).toContain('not listening')
})

test('the address that a server sees is told: with its own port, and with the configured one', async () => {
  const server = held.use(await StunServer.start())
  const port = await open('127.0.0.1:0', {
    candidates: ['stun:8555', '198.51.100.7:8555'],
    iceServers: [{ urls: [server.url] }],
    filters: { candidates: [] },
  })
  const known = ['tcp 1671430140 198.51.100.7 8555 typ host', 'udp 2130706427 198.51.100.7 8555 typ host']
  const found = ['tcp 1671430142 203.0.113.5 8555 typ host', 'udp 2130706429 203.0.113.5 8555 typ host']
  expect(inShort(await candidatesOf(port))).toEqual([...known, ...found, 'udp 1694498815 203.0.113.5 8555 typ srflx'])
  await candidatesOf(port)
  expect(server.asked).toBe(1)
})

test('a peer’s own servers take the place of the configured ones', async () => {
  const [configured, own] = [held.use(await StunServer.start()), held.use(await StunServer.start())]
  const port = await open('127.0.0.1:0', { iceServers: [{ urls: [configured.url] }] })
  const lines = await candidatesOf(port, { iceServers: [{ urls: [own.url] }] })
  expect(lines.at(-1)).toContain('typ srflx')
  expect([configured.asked, own.asked]).toEqual([0, 1])
})

test('whoever is bound to this machine alone asks no servers elsewhere', async () => {
  const iceServers = [{ urls: ['stun:192.0.2.77', 'turn:192.0.2.77'], username: 'a', credential: 'b' }]
  const session = sessionOf()
  const port = await open('127.0.0.1:0', { iceServers })
  port.add(session, { remoteAddress: '' })
  await session.gathered
  expect(session.record.servers).toEqual([])
})

test('only so many browsers are on their way at once, and those that arrive or give up make room', async () => {
  const port = await open('127.0.0.1:0')
  const coming = Array.from({ length: 200 }, () => port.add(sessionOf(), { remoteAddress: '' }))
  const one = (): Disposable => port.add(sessionOf(), { remoteAddress: '' })
  expect(one).toThrow(LimitError)
  coming[0]![Symbol.dispose]()
  coming[0]![Symbol.dispose]()
  one()
  expect(one).toThrow(LimitError)
})
