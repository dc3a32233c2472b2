import { expect, test } from 'vitest'
import { checkNames } from '#media/protocols/webrtc/binding.ts'
import { type IcePath, IceSession } from '#media/protocols/webrtc/ice-session.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

class RecordedPath implements IcePath {
  readonly protocol = 'udp'
  readonly address = '192.168.1.7'
  readonly port: number
  readonly pendingBytes = 0
  readonly sent: Buffer[] = []
  closed = false

  constructor(port = 5000) {
    this.port = port
  }

  send(packets: readonly Buffer[]): boolean {
    this.sent.push(...packets)
    return false
  }

  close(): void {
    this.closed = true
  }
}

const check = (nominates: boolean) => ({ transactionId: Buffer.alloc(12), nominates })

test('sends nothing before the peer has chosen a way, and then that way', () => {
  using session = new IceSession(new HeldClock(), 'peer', 'password')
  const path = new RecordedPath()
  session.send([Buffer.from('lost')])
  session.check(check(false), path)
  expect([session.selected, path.sent.length]).toEqual([undefined, 1])
  session.check(check(true), path)
  session.send([Buffer.from('sent')])
  expect([session.selected, path.sent.at(-1)?.toString()]).toEqual([path, 'sent'])
})

test('goes along when the peer moves to another network', () => {
  using session = new IceSession(new HeldClock(), 'peer', 'password')
  const chosen: IcePath[] = []
  session.onSelected = path => chosen.push(path)
  const [wifi, mobile] = [new RecordedPath(1), new RecordedPath(2)]
  session.check(check(true), wifi)
  session.check(check(true), mobile)
  session.send([Buffer.from('here')])
  expect(chosen).toEqual([wifi, mobile])
  expect(mobile.sent.at(-1)?.toString()).toBe('here')
})

test('ends 30 s after the last check', async () => {
  const clock = new HeldClock()
  const session = new IceSession(clock, 'peer', 'password')
  const path = new RecordedPath()
  session.check(check(true), path)
  await clock.advance(29_000)
  session.check(check(false), path)
  await clock.advance(30_000)
  expect(session.ended).toBe(false)
  await clock.advance(2000)
  expect(await session.closed).toMatchObject({ code: 'peer_lost' })
  expect([path.closed, clock.timerCount]).toEqual([true, 0])
})

test('has only so many ways to one peer', () => {
  using session = new IceSession(new HeldClock(), 'peer', 'password')
  const taken = Array.from({ length: 40 }, (_, port) => session.check(check(false), new RecordedPath(port)))
  expect([taken.filter(Boolean).length, taken.at(-1)]).toEqual([32, false])
})

test('ends with the connection that was chosen', async () => {
  const session = new IceSession(new HeldClock(), 'peer', 'password')
  const [chosen, other] = [new RecordedPath(1), new RecordedPath(2)]
  session.check(check(true), chosen)
  session.check(check(false), other)
  session.lose(other)
  expect(session.ended).toBe(false)
  session.lose(chosen)
  expect(await session.closed).toMatchObject({ code: 'closed_by_peer' })
})

test('calls each address of the peer a few times, until it is chosen', async () => {
  const clock = new HeldClock()
  using session = new IceSession(clock, 'peer', 'password')
  const calls: string[] = []
  session.useCaller((bytes, address, port) => calls.push(`${checkNames(bytes)?.local} ${address}:${port}`))
  session.call('10.0.0.1', 5)
  session.call('10.0.0.1', 5)
  await clock.advance(1000)
  expect(calls).toEqual(['peer 10.0.0.1:5', 'peer 10.0.0.1:5', 'peer 10.0.0.1:5'])
  session.check(check(true), new RecordedPath())
  await clock.advance(5000)
  expect(calls).toHaveLength(3)
})

test('calls no more than twenty addresses, six times each', async () => {
  const clock = new HeldClock()
  using session = new IceSession(clock, 'peer', 'password')
  let calls = 0
  session.useCaller(() => calls++)
  for (let port = 1; port <= 100; port++) session.call('10.0.0.1', port)
  await clock.advance(60_000)
  expect(calls).toBe(120)
})

test('ends, and nothing else does, when what it hears is too much for it', async () => {
  const session = new IceSession(new HeldClock(), 'peer', 'password')
  session.onData = () => {
    throw new Error('a mistake')
  }
  session.receive(Buffer.alloc(1))
  expect(await session.closed).toEqual({ code: 'internal', message: 'a mistake' })
})
