import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { IcePort } from '#media/protocols/webrtc/ice-port.ts'
import { IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { IcePeer } from '#test/helpers/ice-peer.ts'
import { until } from '#test/helpers/until.ts'

let port: IcePort
let held: DisposableStack

const loopback = { host: '127.0.0.1', networks: ['udp4', 'udp6', 'tcp4', 'tcp6'], clock: systemClock } as const

beforeEach(async () => {
  held = new DisposableStack()
  port = held.use(await IcePort.open({ ...loopback, udp: 0, tcp: 0 }))
})

afterEach(() => held.dispose())

const sessionOf = (): { session: IceSession; heard: string[] } => {
  const session = held.use(
    new IceSession({ clock: systemClock, role: 'controlled', remote: { name: 'peer', password: 'password' } }),
  )
  const heard: string[] = []
  session.onData = bytes => void heard.push(bytes.toString())
  port.add(session)
  return { session, heard }
}

describe.each(['udp', 'tcp'] as const)('over %s', protocol => {
  const peerOf = async (): Promise<IcePeer> => held.use(await IcePeer[protocol](port.tcpPort!))

  test('each peer finds its session by its checks, and both hear each other', async () => {
    const [one, other] = [sessionOf(), sessionOf()]
    const [first, second] = [await peerOf(), await peerOf()]
    first.check(one.session)
    second.check(other.session)
    await until('both to be chosen', () => one.session.selected !== undefined && other.session.selected !== undefined)
    first.send(Buffer.from('Hello'))
    second.send(Buffer.from('Howdy'))
    await until('both to be heard', () => one.heard.length + other.heard.length === 2)
    expect([one.heard, other.heard]).toEqual([['Hello'], ['Howdy']])
    one.session.send([Buffer.from('a'), Buffer.from('b')])
    await until('the answer', () => first.received.length === 2)
    expect([first.received.join(), second.received]).toEqual(['a,b', []])
    await until('the answers to checks', () => first.mapped.length === 1)
    expect(first.mapped[0]).toBe(`127.0.0.1:${one.session.selected!.port}`)
  })

  test('nothing of who does not know the password reaches a session', async () => {
    const { session, heard } = sessionOf()
    const stranger = await peerOf()
    stranger.check({ localName: session.localName, localPassword: 'guessed' })
    stranger.send(Buffer.from('Hello'))
    await until('it to be passed over', () => port.strayCount > 0)
    const friend = await peerOf()
    friend.check(session)
    friend.send(Buffer.from('Howdy'))
    await until('the friend to be heard', () => heard.length > 0)
    expect([heard, stranger.mapped]).toEqual([['Howdy'], []])
  })

  test('nothing is left when sessions end', async () => {
    const { session } = sessionOf()
    const peer = await peerOf()
    peer.check(session)
    await until('the choice', () => session.selected !== undefined)
    session.close()
    await until('nothing', () => Object.values(port.counts).every(count => count === 0))
  })
})

test('twenty thousand datagrams of rubbish change nothing', async () => {
  const { session, heard } = sessionOf()
  const peer = held.use(await IcePeer.udp(port.tcpPort!))
  peer.check(session)
  await until('the choice', () => session.selected !== undefined)
  const stranger = held.use(await IcePeer.udp(port.tcpPort!))
  for (let sent = 0; sent < 20_000; sent += 100) {
    for (let i = 0; i < 100; i++) stranger.send(randomBytes(1 + ((sent + i) % 300)))
    peer.send(Buffer.from('Hello'))
    const before = heard.length
    await until('the peer to be heard', () => heard.length > before)
  }
  expect(new Set(heard)).toEqual(new Set(['Hello']))
  expect(port.counts).toEqual({ sessions: 1, addresses: 1, connections: 0 })
})

test('a connection that proves nothing is closed in time, and one that says too much at once', async () => {
  const clock = new HeldClock()
  const own = held.use(await IcePort.open({ ...loopback, udp: undefined, tcp: 0, clock }))
  const silent = held.use(await IcePeer.tcp(own.tcpPort!))
  await until('the connection', () => own.counts.connections === 1)
  await clock.advance(15_000)
  await until('its end', () => silent.closed)
  const loud = held.use(await IcePeer.tcp(own.tcpPort!))
  loud.send(Buffer.alloc(60_000))
  await until('its end', () => loud.closed)
})

test('a port that is taken is told, by itself, or beside what could be bound', async () => {
  const tcp = port.tcpPort!
  await expect(IcePort.open({ ...loopback, udp: undefined, tcp })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const half = held.use(await IcePort.open({ ...loopback, udp: 0, tcp }))
  expect([half.tcpPort, half.failures]).toMatchObject([undefined, [{ network: 'tcp', port: tcp }]])
})

test('a name is bound where it leads to, and one that leads nowhere is told', async () => {
  const named = held.use(await IcePort.open({ ...loopback, host: 'localhost', udp: 0, tcp: undefined }))
  expect(named.udpPort(4) ?? named.udpPort(6)).toBeGreaterThan(0)
  await expect(IcePort.open({ ...loopback, host: 'no.such.name.invalid', udp: 0, tcp: 0 })).rejects.toThrow(
    'no.such.name',
  )
})

test('a range of ports is used from its beginning, what is taken of it passed over', async () => {
  const taken = port.udpPort(4)!
  const range = [taken, taken + 50] as const
  const own = held.use(await IcePort.open({ ...loopback, networks: ['udp4'], udp: range, tcp: undefined }))
  expect(own.udpPort(4)).toBeGreaterThan(taken)
  expect(own.udpPort(4)).toBeLessThanOrEqual(taken + 50)
  const full = { ...loopback, networks: ['udp4'], udp: [taken, taken], tcp: undefined } as const
  await expect(IcePort.open(full)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('bound to everything, it has both families, as far as networks lets it', async () => {
  const both = held.use(await IcePort.open({ ...loopback, host: '', udp: 0, tcp: 0 }))
  expect([both.udpPort(4), both.tcpPort].every(one => one !== undefined)).toBe(true)
  const four = held.use(await IcePort.open({ ...loopback, host: '', networks: ['udp4', 'tcp4'], udp: 0, tcp: 0 }))
  expect([four.udpPort(6), four.failures]).toEqual([undefined, []])
  await expect(IcePort.open({ ...loopback, networks: [], udp: 0, tcp: 0 })).rejects.toThrow('networks')
})

test('whoever only claims to be somewhere is not sent to: a datagram’s sender must answer first', async () => {
  const { session } = sessionOf()
  const claimed = held.use(await IcePeer.udp(port.udpPort(4)!))
  claimed.answers = false
  claimed.check(session)
  await until('our check', () => claimed.checked > 0)
  expect(session.selected).toBeUndefined()
  claimed.answers = true
  claimed.check(session)
  await until('the choice', () => session.selected !== undefined)
})

test('whoever claims the address of another peer gets nothing of it, unless it is that peer', async () => {
  const [one, other] = [sessionOf(), sessionOf()]
  const peer = held.use(await IcePeer.udp(port.udpPort(4)!))
  peer.check(one.session)
  await until('the choice', () => one.session.selected !== undefined)
  peer.answers = false
  const before = peer.checked
  peer.check(other.session)
  await until('our check', () => peer.checked > before)
  peer.send(Buffer.from('Hello'))
  await until('it to be heard', () => one.heard.length === 1)
  expect([other.session.selected, other.heard]).toEqual([undefined, []])
  peer.answers = true
  peer.check(other.session)
  await until('the other choice', () => other.session.selected !== undefined)
  peer.send(Buffer.from('Howdy'))
  await until('it to be heard', () => other.heard.length === 1)
  expect(one.heard).toEqual(['Hello'])
})

test('of what offers name, only so much is checked in a second', () => {
  for (let count = 0; count < 30; count++) {
    const { session } = sessionOf()
    for (let index = 1; index <= 20; index++) session.addRemote(`1 1 udp 1 127.0.0.${index} 9 typ host`)
  }
  expect(port.router.withheldCount).toBe(100)
})
