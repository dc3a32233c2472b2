import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { IcePort } from '#media/protocols/webrtc/ice-port.ts'
import { IceSession, type IceSessionOptions } from '#media/protocols/webrtc/ice-session.ts'
import { IceTcpActive } from '#media/protocols/webrtc/ice-tcp-active.ts'
import { systemClock as clock } from '#media/runtime/clock.ts'
import { until } from '#test/helpers/until.ts'

let held: DisposableStack

beforeEach(() => {
  held = new DisposableStack()
})

afterEach(() => held.dispose())

const portOf = async (): Promise<IcePort> =>
  held.use(await IcePort.open({ host: '127.0.0.1', udp: undefined, tcp: 0, networks: ['tcp4'], clock }))

const sessionOf = (
  port: IcePort,
  { role, connects = false }: Pick<IceSessionOptions, 'role' | 'connects'>,
): { session: IceSession; heard: string[] } => {
  const session = held.use(new IceSession({ clock, role, connects }))
  const heard: string[] = []
  session.onData = bytes => void heard.push(bytes.toString())
  port.add(session)
  return { session, heard }
}

const passive = (port: number): string => `1 1 tcp 1671430143 127.0.0.1 ${port} typ host tcptype passive`

test('who chooses the way connects to a peer that waits for it, and both hear each other', async () => {
  const [here, there] = [await portOf(), await portOf()]
  const [one, other] = [
    sessionOf(here, { role: 'controlling', connects: true }),
    sessionOf(there, { role: 'controlled' }),
  ]
  one.session.setRemote({ name: other.session.localName, password: other.session.localPassword })
  other.session.setRemote({ name: one.session.localName, password: one.session.localPassword })
  one.session.addRemote(passive(there.tcpPort!))
  await until('both to have a way', () => [one, other].every(({ session }) => session.selected?.protocol === 'tcp'))
  one.session.send([Buffer.from('Hello')])
  other.session.send([Buffer.from('Howdy'), Buffer.from('Hi')])
  await until('both to be heard', () => one.heard.length + other.heard.length === 3)
  expect([one.heard, other.heard]).toEqual([['Howdy', 'Hi'], ['Hello']])
  one.session.close()
  await until('the end of the other', () => other.session.ended)
})

test('where nobody listens it is one way less, and who is not told to connects to nobody', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  let connected = 0
  server.on('connection', socket => {
    connected++
    socket.on('error', () => {})
    // More than a check is, of who has proven nothing.
    socket.write(Buffer.alloc(60_000, 0xff))
  })
  const [answering, choosing] = [
    sessionOf(await portOf(), { role: 'controlling' }),
    sessionOf(await portOf(), { role: 'controlling', connects: true }),
  ]
  for (const { session } of [answering, choosing]) {
    session.setRemote({ name: 'peer', password: 'password' })
    session.addRemote(passive(port))
  }
  await until('the way to end', () => choosing.session.record.paths[0]?.outcome === 'ended')
  expect([connected, answering.session.record.paths, choosing.heard]).toEqual([1, [], []])
  server.close()
})

test('clouds’ metadata services are no peers', async () => {
  const port = await portOf()
  const { session } = sessionOf(port, { role: 'controlling', connects: true })
  const base = new IceTcpActive(4, session, port.router)
  expect(base.pathTo('169.254.169.254', 80)).toBeUndefined()
  expect(base.pathTo('::1', 80)).toBeUndefined()
})
