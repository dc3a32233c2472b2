import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { IcePort } from '#media/protocols/webrtc/ice-port.ts'
import { parseIceServers, type StunServer as Server } from '#media/protocols/webrtc/ice-servers.ts'
import { PublicAddresses, type StunOutcome } from '#media/protocols/webrtc/public-addresses.ts'
import { type Clock, systemClock } from '#media/runtime/clock.ts'
import { Coturn } from '#test/helpers/coturn.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { StunServer } from '#test/helpers/stun-server.ts'
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

const serversOf = (...urls: readonly string[]): readonly Server[] =>
  parseIceServers([{ urls }]).filter(server => server.kind === 'stun')

const opened = async (clock: Clock = systemClock) => {
  const networks = ['udp4'] as const
  const port = held.use(await IcePort.open({ host: '127.0.0.1', udp: 0, tcp: undefined, networks, clock }))
  const told: StunOutcome[] = []
  const addresses = new PublicAddresses(port, clock, outcome => told.push(outcome))
  return { port, addresses, told }
}

const pretended = async (): Promise<StunServer> => held.use(await StunServer.start())

test('a real server says what it sees: the port’s own socket', async () => {
  const { port, addresses } = await opened()
  const url = coturn.url('stun')
  expect(await addresses.find(serversOf(url))).toEqual([
    { url, found: { address: '127.0.0.1', port: port.udpPort(4) } },
  ])
})

test('an answer counts for five minutes, then it is asked anew while the old one serves', async () => {
  const clock = new HeldClock()
  const { addresses } = await opened(clock)
  const server = await pretended()
  const [first] = await addresses.find(serversOf(server.url))
  expect(first?.found?.address).toBe('203.0.113.5')
  await clock.advance(299_000)
  await addresses.find(serversOf(server.url))
  expect(server.asked).toBe(1)
  await clock.advance(2000)
  server.answer = '198.51.100.7'
  expect((await addresses.find(serversOf(server.url)))[0]?.found?.address).toBe('203.0.113.5')
  await until('the new question', () => server.asked === 2)
  await until('the new answer', () => clock.timerCount === 1)
  expect((await addresses.find(serversOf(server.url)))[0]?.found?.address).toBe('198.51.100.7')
})

test('the last good answer is kept when the server fails later', async () => {
  const clock = new HeldClock()
  const { addresses, told } = await opened(clock)
  const server = await pretended()
  await addresses.find(serversOf(server.url))
  server.answer = ''
  await clock.advance(301_000)
  await addresses.find(serversOf(server.url))
  await clock.advance(3000)
  await until('the failure', () => told.length === 2)
  expect(told[1]?.error).toContain('no answer in 3 s')
  expect((await addresses.find(serversOf(server.url)))[0]?.found?.address).toBe('203.0.113.5')
})

test('the next server is asked where one says nothing, or rubbish, and is remembered as silent', async () => {
  const clock = new HeldClock()
  const { addresses } = await opened(clock)
  const [silent, rubbish, good] = [await pretended(), await pretended(), await pretended()]
  silent.answer = ''
  rubbish.answer = 'rubbish'
  const finding = addresses.find(serversOf(silent.url, rubbish.url, good.url))
  await until('the first', () => silent.asked > 0)
  await clock.advance(3000)
  await until('the second', () => rubbish.asked > 0)
  await clock.advance(3000)
  const outcomes = await finding
  expect(outcomes.map(({ error }) => error !== undefined)).toEqual([true, true, false])
  const asked = silent.asked
  await addresses.find(serversOf(silent.url, rubbish.url, good.url))
  expect(silent.asked).toBe(asked)
})

test('a name that nobody knows is told, and nothing listens for ever', async () => {
  const { addresses, port } = await opened()
  const [outcome] = await addresses.find(serversOf('stun:no.such.name.invalid'))
  expect(outcome?.error).toBeTruthy()
  expect(port.router.transactions.openCount).toBe(0)
})
