import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { IceSession, IceSessionOptions } from '#media/protocols/webrtc/ice-session.ts'
import { IceSession as Session } from '#media/protocols/webrtc/ice-session.ts'
import { WebRtcPort, type WebRtcPortOptions } from '#media/protocols/webrtc/webrtc-port.ts'
import { systemClock as clock } from '#media/runtime/clock.ts'
import { silentLogger as logger } from '#media/runtime/logger.ts'
import { Coturn } from '#test/helpers/coturn.ts'
import { until } from '#test/helpers/until.ts'

let coturn: Coturn
let held: DisposableStack

beforeAll(async () => {
  coturn = await Coturn.start()
}, 30_000)

afterAll(() => coturn?.[Symbol.asyncDispose]())

beforeEach(() => {
  held = new DisposableStack()
})

afterEach(() => held.dispose())

const portOf = async (listen: string, more: Partial<WebRtcPortOptions> = {}): Promise<WebRtcPort> => {
  const nothing = { candidates: [], iceServers: [], filters: {}, clock, logger }
  return held.use(await WebRtcPort.open({ listen, ...nothing, ...more }))
}

interface Side {
  readonly session: IceSession
  readonly heard: string[]
}

const sideOf = (port: WebRtcPort, role: IceSessionOptions['role']): Side => {
  const session = held.use(new Session({ clock, role }))
  const heard: string[] = []
  session.onData = bytes => void heard.push(bytes.toString())
  held.use(port.add(session, { remoteAddress: '' }))
  return { session, heard }
}

/** Tells each side of the other, as an offer and an answer do. */
const introduce = async (a: Side, b: Side, isTold: (line: string) => boolean = () => true): Promise<void> => {
  for (const [to, from] of [
    [a.session, b.session],
    [b.session, a.session],
  ] as const) {
    to.setRemote({ name: from.localName, password: from.localPassword })
    for (const line of await from.gathered) if (isTold(line)) to.addRemote(line)
  }
}

const talk = async (a: Side, b: Side): Promise<void> => {
  await until('both to have a way', () => a.session.selected !== undefined && b.session.selected !== undefined)
  a.session.send([Buffer.from('Hello')])
  b.session.send([Buffer.from('Howdy')])
  await until('both to be heard', () => a.heard.length + b.heard.length === 2)
  expect([a.heard, b.heard]).toEqual([['Howdy'], ['Hello']])
}

test.each([
  ['127.0.0.1:0', 'controlling', 'controlled'],
  ['127.0.0.1:0', 'controlled', 'controlling'],
  ['127.0.0.1:0', 'controlling', 'controlling'],
  ['127.0.0.1:0', 'controlled', 'controlled'],
  ['[::1]:0', 'controlling', 'controlled'],
  ['', 'controlling', 'controlled'],
] as const)('at %j, a %s side and a %s one find each other', async (listen, one, other) => {
  const [a, b] = [sideOf(await portOf(listen), one), sideOf(await portOf(listen), other)]
  await introduce(a, b)
  await talk(a, b)
  expect(new Set([a.session.role, b.session.role])).toEqual(new Set(['controlling', 'controlled']))
  expect(a.session.record).toMatchObject({ selections: [{ from: 'port', protocol: 'udp' }] })
})

const turn = (transport: 'udp' | 'tcp'): Partial<WebRtcPortOptions> => {
  const { username, credential } = coturn
  return { iceServers: [{ urls: [coturn.url('turn', transport)], username, credential }] }
}

test.each(['udp', 'tcp'] as const)(
  'with all other ways kept secret, they find each other by a relay over %s',
  async transport => {
    const a = sideOf(await portOf('127.0.0.1:0', turn(transport)), 'controlling')
    const b = sideOf(await portOf('127.0.0.1:0', turn(transport)), 'controlled')
    await introduce(a, b, line => line.includes(' typ relay '))
    await talk(a, b)
    expect(a.session.record.servers).toMatchObject([{ url: coturn.url('turn', transport), address: /./ }])
    const ways = [a, b].map(({ session }) => session.record.selections.at(-1)?.from)
    expect(ways).toContain('relay')
  },
)

test('a server that nobody listens at costs its own candidate, is told, and holds nothing up', async () => {
  const iceServers = [
    { urls: ['turn:127.0.0.1:9', 'stun:127.0.0.1:9', coturn.url('stun')], username: 'a', credential: 'b' },
  ]
  const session = held.use(new Session({ clock, role: 'controlled' }))
  held.use((await portOf('127.0.0.1:0')).add(session, { remoteAddress: '', iceServers }))
  expect((await session.gathered).map(line => line.split(' ')[7])).toEqual(['host', 'host'])
  await until('the servers', () => session.record.servers.length >= 1)
  expect(session.record.servers.find(({ url }) => url === 'turn:127.0.0.1:9')?.error).toContain('no relay')
})

test('an empty list of a peer’s own asks nobody', async () => {
  const port = await portOf('127.0.0.1:0', turn('udp'))
  const session = held.use(new Session({ clock, role: 'controlled' }))
  held.use(port.add(session, { remoteAddress: '', iceServers: [] }))
  expect((await session.gathered).some(line => line.includes('relay'))).toBe(false)
  expect(session.record.servers).toEqual([])
})
