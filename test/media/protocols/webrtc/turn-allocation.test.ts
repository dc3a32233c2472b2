import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { classes, Message, methods, parseMessage } from 'werift'
import { parseIceServers, type TurnServer } from '#media/protocols/webrtc/ice-servers.ts'
import { TurnAllocation } from '#media/protocols/webrtc/turn-allocation.ts'
import { systemClock } from '#media/runtime/clock.ts'
import { Coturn } from '#test/helpers/coturn.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
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

const serverAt = (url: string, username = 'porch', credential = 'secret'): TurnServer => {
  const [server] = parseIceServers([{ urls: [url], username, credential }])
  if (server?.kind !== 'turn') throw new Error(`${url} is no TURN server`)
  return server
}

const { signal } = new AbortController()

const open = async (server: TurnServer): Promise<TurnAllocation> =>
  held.use(await TurnAllocation.open({ server, clock: systemClock, signal }))

const peerOf = async (): Promise<{ socket: Socket; port: number; heard: string[] }> => {
  const socket = createSocket('udp4')
  held.defer(() => socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const heard: string[] = []
  socket.on('message', (bytes, from) => {
    heard.push(`${bytes} from ${from.port}`)
    socket.send(`re: ${bytes}`, from.port, from.address)
  })
  return { socket, port: socket.address().port, heard }
}

test.each(['udp', 'tcp'] as const)('a relay over %s carries packets both ways, and is given back', async transport => {
  const allocation = await open(serverAt(coturn.url('turn', transport)))
  expect(allocation.relayed.address).toBe('127.0.0.1')
  const peer = await peerOf()
  const heard: string[] = []
  allocation.onData = (bytes, from) => void heard.push(`${bytes} from ${from.port}`)
  const to = { address: '127.0.0.1', port: peer.port }
  allocation.send(Buffer.from('lost'), to)
  expect(allocation.permit(to)).toBe(true)
  allocation.send(Buffer.from('Hello'), to)
  await until('the answer', () => heard.length === 1)
  expect(peer.heard).toEqual([`Hello from ${allocation.relayed.port}`])
  expect(heard).toEqual([`re: Hello from ${peer.port}`])
  // Another port of the same peer has no channel: it comes as an indication.
  const other = await peerOf()
  other.socket.send('Howdy', allocation.relayed.port, '127.0.0.1')
  await until('the other', () => heard.length === 2)
  expect(heard[1]).toBe(`Howdy from ${other.port}`)
  const givenBack = (): number => coturn.log.split(', lifetime=0').length
  const before = givenBack()
  allocation.close()
  await until('it to be given back', () => givenBack() > before)
})

test('a wrong password is told, and asked with no more', async () => {
  await expect(open(serverAt(coturn.url('turn'), 'porch', 'wrong'))).rejects.toThrow(/gives no relay: .*credential/)
})

test('a server that refuses says why', async () => {
  const limited = await Coturn.start(['user-quota=1'])
  try {
    await open(serverAt(limited.url('turn')))
    await expect(open(serverAt(limited.url('turn')))).rejects.toThrow('486')
  } finally {
    await limited[Symbol.asyncDispose]()
  }
}, 30_000)

test('where nothing listens it is told at once', async () => {
  const nobody = await peerOf()
  const { port } = nobody
  held.dispose()
  held = new DisposableStack()
  await expect(open(serverAt(`turn:127.0.0.1:${port}`))).rejects.toMatchObject({ code: 'turn_failed' })
  await expect(open(serverAt(`turn:127.0.0.1:${port}?transport=tcp`))).rejects.toThrow('nothing answers')
  await expect(open(serverAt('turn:no.such.name.invalid'))).rejects.toMatchObject({ code: 'turn_failed' })
})

/** A UDP server that answers with whatever it is told to. */
const answering = async (
  answer: (request: Message) => Buffer | undefined,
): Promise<{ url: string; asked: Message[] }> => {
  const socket = createSocket('udp4')
  held.defer(() => socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const asked: Message[] = []
  socket.on('message', (bytes, from) => {
    const request = parseMessage(bytes)
    if (request === undefined) return
    asked.push(request)
    const answered = answer(request)
    if (answered !== undefined) socket.send(answered, from.port, from.address)
  })
  return { url: `turn:127.0.0.1:${socket.address().port}`, asked }
}

test.each([
  ['says nothing', () => undefined],
  ['says rubbish', () => Buffer.from('rubbish')],
  [
    'says half of it',
    ({ transactionId }: Message) =>
      new Message(methods.ALLOCATE, classes.RESPONSE, transactionId).bytes.subarray(0, 10),
  ],
] as const)('a server that %s is given up in four seconds', async (_name, answer) => {
  const { url, asked } = await answering(answer)
  const clock = new HeldClock()
  const opening = TurnAllocation.open({ server: serverAt(url), clock, signal })
  opening.catch(() => {})
  await until('the question', () => asked.length > 0)
  await clock.advance(4000)
  await expect(opening).rejects.toMatchObject({ code: 'turn_failed' })
  expect(clock.timerCount).toBe(0)
})

test.each([
  [
    'grants nothing',
    ({ transactionId }: Message) => new Message(methods.ALLOCATE, classes.RESPONSE, transactionId).bytes,
  ],
  [
    'asks the same for ever',
    ({ transactionId }: Message) =>
      new Message(methods.ALLOCATE, classes.ERROR, transactionId, [['ERROR-CODE', [438, 'Stale']]])
        .setAttribute('REALM', 'r')
        .setAttribute('NONCE', Buffer.from('always')).bytes,
  ],
  [
    'asks anew for ever',
    ({ transactionId }: Message) =>
      new Message(methods.ALLOCATE, classes.ERROR, transactionId, [['ERROR-CODE', [401, 'No']]])
        .setAttribute('REALM', 'r')
        .setAttribute('NONCE', transactionId).bytes,
  ],
] as const)('a server that %s is given up at once', async (_name, answer) => {
  const { url, asked } = await answering(answer)
  await expect(open(serverAt(url))).rejects.toMatchObject({ code: 'turn_failed' })
  expect(asked.length).toBeLessThan(6)
})

const grant = ({ transactionId, messageMethod }: Message, lifetime: number): Buffer =>
  new Message(messageMethod, classes.RESPONSE, transactionId, [
    ['XOR-RELAYED-ADDRESS', ['203.0.113.5', 42_000]],
    ['LIFETIME', lifetime],
  ]).bytes

test('it is refreshed in time, whatever lifetime the server says, and ends when that fails', async () => {
  let lifetime = 0
  const { url, asked } = await answering(request => (lifetime < 0 ? undefined : grant(request, lifetime)))
  const clock = new HeldClock()
  const allocation = await TurnAllocation.open({ server: serverAt(url), clock, signal })
  await clock.advance(10_000)
  await until('the first refresh', () => asked.length === 2)
  expect(asked.map(({ messageMethod }) => messageMethod)).toEqual([methods.ALLOCATE, methods.REFRESH])
  await until('its answer', () => clock.nextTimerIn !== undefined && clock.timerCount === 2)
  lifetime = -1
  await clock.advance(10_000)
  await clock.advance(4000)
  expect(await allocation.closed).toMatchObject({ code: 'timed_out' })
  expect(clock.timerCount).toBe(0)
})

test('only so many peers are reached through one relay', async () => {
  const { url } = await answering(request => grant(request, 600))
  const allocation = await open(serverAt(url))
  const taken = Array.from({ length: 40 }, (_, index) => allocation.permit({ address: '10.0.0.1', port: index + 1 }))
  expect(taken.filter(Boolean)).toHaveLength(32)
})

test('a stream of rubbish costs a relay, and nothing else', async () => {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.write(Buffer.alloc(100_000, 0xff))
    socket.end()
  })
  held.defer(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  await expect(open(serverAt(`turn:127.0.0.1:${port}?transport=tcp`))).rejects.toMatchObject({ code: 'turn_failed' })
})

test('nobody waits for it any longer when the session has ended', async () => {
  const { url, asked } = await answering(() => undefined)
  const ending = new AbortController()
  const opening = TurnAllocation.open({ server: serverAt(url), clock: systemClock, signal: ending.signal })
  opening.catch(() => {})
  await until('the question', () => asked.length > 0)
  ending.abort()
  await expect(opening).rejects.toMatchObject({ code: 'closed' })
})
