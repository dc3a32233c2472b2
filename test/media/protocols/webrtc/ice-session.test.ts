import { expect, test } from 'vitest'
import {
  type BindingRequest,
  bindingResponse,
  readBindingRequest,
  roleConflict,
} from '#media/protocols/webrtc/binding.ts'
import type { IcePath } from '#media/protocols/webrtc/ice-path.ts'
import { IceSession, type IceSessionOptions } from '#media/protocols/webrtc/ice-session.ts'
import { isStun } from '#media/protocols/webrtc/stun-message.ts'
import { StunTransactions } from '#media/protocols/webrtc/stun-transactions.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'

/** A way whose far end answers checks, or does not, or differently. */
class RecordedPath implements IcePath {
  readonly from = 'port'
  readonly protocol: 'udp' | 'tcp'
  readonly address = '192.168.1.7'
  readonly priority = 2_130_706_431
  readonly pendingBytes = 0
  readonly key: string
  readonly port: number
  readonly sent: Buffer[] = []
  /** Checks that came to the far end. */
  readonly checks: BindingRequest[] = []
  answers: 'yes' | 'no' = 'yes'
  /** Checks that are answered with a conflict of roles, before others are answered well. */
  conflicts = 0
  isClosed = false
  proven = false
  readonly #transactions: StunTransactions

  constructor(transactions: StunTransactions, port = 5000, protocol: 'udp' | 'tcp' = 'udp') {
    this.#transactions = transactions
    this.port = port
    this.protocol = protocol
    this.key = `${protocol} ${port}`
  }

  send(packets: readonly Buffer[]): boolean {
    for (const packet of packets) this.#take(packet)
    return false
  }

  #take(bytes: Buffer): void {
    const check = isStun(bytes) ? readBindingRequest(bytes, 'password') : undefined
    if (check === undefined) {
      if (!isStun(bytes)) this.sent.push(bytes)
      return
    }
    this.checks.push(check)
    if (this.answers === 'no') return
    const answer =
      this.conflicts-- > 0 ? roleConflict(check, 'password') : bindingResponse(check, 'password', '10.0.0.1', 1)
    queueMicrotask(() => this.#transactions.take(answer, this.key))
  }

  prove(): void {
    this.proven = true
  }

  close(): void {
    this.isClosed = true
  }
}

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const opened = (role: IceSessionOptions['role'] = 'controlled') => {
  const clock = new HeldClock()
  const transactions = new StunTransactions(clock)
  const session = new IceSession({ clock, role, remote: { name: 'peer', password: 'password' } })
  session.join({ transactions, mayCall: () => true })
  const pathOf = (port?: number, protocol?: 'udp' | 'tcp') => new RecordedPath(transactions, port, protocol)
  /** The peer's candidates lead to ways of this kind, port by port. */
  const paths = new Map<number, RecordedPath>()
  const pathTo = (_address: string, port: number): RecordedPath => {
    const path = paths.get(port) ?? pathOf(port)
    paths.set(port, path)
    return path
  }
  session.addBase({ protocol: 'udp', family: 4, pathTo })
  return { clock, transactions, session, pathOf, pathTo }
}

const check = (nominates: boolean, more: Partial<BindingRequest> = {}): BindingRequest => ({
  ...{ transactionId: Buffer.alloc(12), nominates, priority: 1, role: 'controlling', tieBreaker: 1n },
  ...more,
})

const candidate = (port: number, priority = 2_130_706_431): string =>
  `candidate:1 1 udp ${priority} 192.168.1.7 ${port} typ host`

test('sends nothing before the peer has chosen a way and answered there, and then that way', async () => {
  const { session, pathOf } = opened()
  const path = pathOf()
  session.send([Buffer.from('lost')])
  session.check(check(false), path)
  await settled()
  expect([session.selected, path.proven]).toEqual([undefined, true])
  session.check(check(true), path)
  await settled()
  session.send([Buffer.from('sent')])
  expect([session.selected, path.sent.map(String)]).toEqual([path, ['sent']])
  session.close()
})

test('an address where nobody answers is never chosen, unless a connection shows that somebody is there', async () => {
  const { session, pathOf } = opened()
  const [claimed, connected] = [pathOf(1), pathOf(2, 'tcp')]
  claimed.answers = 'no'
  connected.answers = 'no'
  session.check(check(true), claimed)
  await settled()
  expect(session.selected).toBeUndefined()
  session.check(check(true), connected)
  expect(session.selected).toBe(connected)
  session.close()
})

test('goes along when the peer moves to another network', async () => {
  const { session, pathOf } = opened()
  const chosen: IcePath[] = []
  session.onSelected = path => chosen.push(path)
  const [wifi, mobile] = [pathOf(1), pathOf(2)]
  session.check(check(true), wifi)
  await settled()
  session.check(check(true), mobile)
  await settled()
  session.send([Buffer.from('here')])
  expect(chosen).toEqual([wifi, mobile])
  expect(mobile.sent.map(String)).toEqual(['here'])
  expect(session.record.selections.map(({ port }) => port)).toEqual([1, 2])
  session.close()
})

test('ends 30 s after the last answer, whatever else comes from there', async () => {
  const { clock, session, pathOf } = opened()
  const path = pathOf()
  session.check(check(true), path)
  await clock.advance(60_000)
  expect(session.ended).toBe(false)
  path.answers = 'no'
  for (let seconds = 0; seconds < 36; seconds++) {
    session.check(check(true), path)
    await clock.advance(1000)
  }
  expect(await session.closed).toMatchObject({ code: 'peer_lost' })
  expect([path.isClosed, clock.timerCount]).toEqual([true, 0])
})

test('ends 30 s after the last check of who never chose a way', async () => {
  const { clock, session, pathOf } = opened()
  session.check(check(false), pathOf())
  await clock.advance(29_000)
  session.check(check(false), pathOf())
  await clock.advance(30_000)
  expect(session.ended).toBe(false)
  await clock.advance(7000)
  expect(await session.closed).toMatchObject({ code: 'peer_lost' })
})

test('has only so many ways to one peer', () => {
  const { session, pathOf } = opened()
  const taken = Array.from({ length: 40 }, (_, port) => session.check(check(false), pathOf(port)))
  expect([taken.filter(Boolean).length, taken.at(-1)]).toEqual([32, false])
  session.close()
})

test('ends with the connection that was chosen', async () => {
  const { session, pathOf } = opened()
  const [chosen, other] = [pathOf(1, 'tcp'), pathOf(2, 'tcp')]
  session.check(check(true), chosen)
  session.check(check(false), other)
  session.lose(other)
  expect(session.ended).toBe(false)
  session.lose(chosen)
  expect(await session.closed).toMatchObject({ code: 'closed_by_peer' })
})

test('checks each address of the peer a few times, until it answers', async () => {
  const { clock, session, pathTo } = opened()
  const path = pathTo('', 5)
  path.answers = 'no'
  session.addRemote(candidate(5))
  session.addRemote(candidate(5))
  await clock.advance(60_000)
  expect(path.checks).toHaveLength(6)
  expect(session.record.paths).toMatchObject([{ port: 5, outcome: 'unanswered' }])
  session.close()
})

test('checks no more than twenty addresses, and names not at all', async () => {
  const { session } = opened()
  session.addRemote('candidate:1 1 udp 1 4d1c1b1a.local 51472 typ host')
  session.addRemote('nonsense')
  for (let port = 1; port <= 100; port++) session.addRemote(candidate(port))
  await settled()
  expect(session.record.paths).toHaveLength(19)
  expect(session.record.remote).toHaveLength(20)
  session.close()
})

test('as the one who chooses, it takes the best way that works, and says so', async () => {
  const { clock, session, pathTo } = opened('controlling')
  const [best, good, bad] = [pathTo('', 1), pathTo('', 2), pathTo('', 3)]
  best.answers = 'no'
  session.addRemote(candidate(3, 1))
  session.addRemote(candidate(2, 1000))
  session.addRemote(candidate(1, 2_130_706_431))
  await settled()
  expect(session.selected).toBeUndefined()
  await clock.advance(250)
  expect(session.selected).toBe(good)
  expect([good.checks.at(-1)?.nominates, bad.checks.some(({ nominates }) => nominates)]).toEqual([true, false])
  session.close()
})

test('as the one who chooses, it takes the next way where the chosen one fails, and gives up after 30 s', async () => {
  const { clock, session, pathTo } = opened('controlling')
  pathTo('', 1).answers = 'no'
  session.addRemote(candidate(1))
  await clock.advance(30_000)
  expect(await session.closed).toMatchObject({ code: 'no_way' })
  expect(clock.timerCount).toBe(0)
})

test('checks nothing before it knows the peer’s password', async () => {
  const clock = new HeldClock()
  const transactions = new StunTransactions(clock)
  using session = new IceSession({ clock, role: 'controlling' })
  session.join({ transactions, mayCall: () => true })
  const path = new RecordedPath(transactions, 1)
  session.addBase({ protocol: 'udp', family: 4, pathTo: () => path })
  session.addRemote(candidate(1))
  await settled()
  expect(path.checks).toEqual([])
  session.setRemote({ name: 'peer', password: 'password' })
  await settled()
  expect(session.selected).toBe(path)
})

test('of two who want the same role, the one with the larger number has it', async () => {
  const { session, pathOf } = opened('controlling')
  const path = pathOf()
  path.answers = 'no'
  session.check(check(true, { role: 'controlling', tieBreaker: 0n }), path)
  expect([session.role, session.selected]).toEqual(['controlling', undefined])
  session.check(check(true, { role: 'controlling', tieBreaker: 2n ** 64n - 1n }), path)
  expect(session.role).toBe('controlled')
  session.check(check(false, { role: 'controlled', tieBreaker: 2n ** 64n - 1n }), path)
  expect(session.role).toBe('controlled')
  session.check(check(false, { role: 'controlled', tieBreaker: 0n }), path)
  expect(session.role).toBe('controlling')
  session.close()
})

test('who is told that both have the same role takes the other one, and checks again', async () => {
  const { session, pathTo } = opened('controlling')
  const path = pathTo('', 1)
  path.conflicts = 1
  session.addRemote(candidate(1))
  await settled()
  expect(path.checks.map(({ role }) => role).slice(0, 2)).toEqual(['controlling', 'controlled'])
  expect(session.role).toBe('controlled')
  session.close()
})

test('who is always told that both have the same role stops asking', async () => {
  const { clock, session, pathTo } = opened('controlling')
  const path = pathTo('', 1)
  path.conflicts = 1_000_000
  session.addRemote(candidate(1))
  await clock.advance(20_000)
  expect(path.checks.length).toBeLessThan(20)
  session.close()
})

test('tells its candidates once each, those that come later as well, and when there are no more', async () => {
  const { session } = opened()
  const told: string[] = []
  session.onCandidate = line => told.push(line)
  const one = { type: 'host', protocol: 'udp', address: '10.0.0.1', port: 5, priority: 9 } as const
  session.addLocal(one)
  session.addLocal(one)
  session.endGathering()
  expect(await session.gathered).toEqual(told)
  session.addLocal({ ...one, port: 6 })
  expect([told.length, session.record.local.length]).toEqual([2, 2])
  session.close()
})

test('ends, and nothing else does, when what it hears is too much for it', async () => {
  const { session } = opened()
  session.onData = () => {
    throw new Error('a mistake')
  }
  session.receive(Buffer.alloc(1))
  expect(await session.closed).toEqual({ code: 'internal', message: 'a mistake' })
})
