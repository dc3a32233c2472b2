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

beforeEach(async () => {
  held = new DisposableStack()
  const options = { host: '127.0.0.1', port: 0, protocols: ['udp', 'tcp'], clock: systemClock } as const
  port = held.use(await IcePort.open(options))
})

afterEach(() => held.dispose())

const sessionOf = (): { session: IceSession; heard: string[] } => {
  const session = held.use(new IceSession(systemClock, 'peer', 'password'))
  const heard: string[] = []
  session.onData = bytes => void heard.push(bytes.toString())
  port.add(session)
  return { session, heard }
}

describe.each(['udp', 'tcp'] as const)('over %s', protocol => {
  const peerOf = async (): Promise<IcePeer> => held.use(await IcePeer[protocol](port.port))

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
  const peer = held.use(await IcePeer.udp(port.port))
  peer.check(session)
  await until('the choice', () => session.selected !== undefined)
  const stranger = held.use(await IcePeer.udp(port.port))
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
  const own = held.use(await IcePort.open({ host: '127.0.0.1', port: 0, protocols: ['tcp'], clock }))
  const silent = held.use(await IcePeer.tcp(own.port))
  await until('the connection', () => clock.timerCount === 1)
  await clock.advance(15_000)
  await until('its end', () => silent.closed)
  const loud = held.use(await IcePeer.tcp(own.port))
  loud.send(Buffer.alloc(60_000))
  await until('its end', () => loud.closed)
})

test('a port that is taken is told', async () => {
  const options = { host: '127.0.0.1', port: port.port, protocols: ['tcp'], clock: systemClock } as const
  await expect(IcePort.open(options)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
