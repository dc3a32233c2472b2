import { beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '#media/runtime/logger.ts'
import { ProducerSupervisor, type SupervisorOptions } from '#media/streams/producer-supervisor.ts'
import { SchemeRegistry } from '#media/streams/scheme-registry.ts'
import { parseSourceUrl } from '#media/streams/source-url.ts'
import type { FactCause } from '#media/streams/stream-facts.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { h264, ScriptedError, ScriptedScheme } from '#test/helpers/scripted-source.ts'
import { instantPacer } from '#test/helpers/stream-options.ts'

let clock: HeldClock
let scheme: ScriptedScheme
let wanted: boolean
let states: string[]
let revivals: number
let gaveUp: FactCause[]
let supervisor: ProducerSupervisor

beforeEach(() => {
  clock = new HeldClock()
  scheme = new ScriptedScheme()
  wanted = false
  states = []
  revivals = 0
  gaveUp = []
  supervisor = new ProducerSupervisor(options())
})

const options = (): SupervisorOptions => ({
  source: parseSourceUrl('scripted:a'),
  schemes: new SchemeRegistry([scheme]),
  clock,
  logger: silentLogger,
  budget: { bytesMax: 1e6, bytesUsed: 0 },
  continuity: () => ({ ssrc: 0, nextSequenceNumber: 0 }),
  note: () => {},
  pacer: instantPacer(clock),
  wanted: () => wanted,
  changed: () => states.push(supervisor.state),
  ended: () => {},
  revived: () => {
    revivals++
  },
  gaveUp: cause => gaveUp.push(cause),
})

const refused = new ScriptedError('wrong_password', 'the camera refused the password')

describe('a supervised source', () => {
  test('goes from idle through dialing to live, and back when it is released', async () => {
    scheme.answer('scripted:a', [h264])
    await supervisor.demand()
    supervisor.release()
    expect(states).toEqual(['dialing', 'live', 'idle'])
    expect(revivals).toBe(1)
    expect(scheme.producers[0]!.ended).toBe(true)
  })

  test('is dialed once however many demand it at a time', async () => {
    scheme.answer('scripted:a', [h264])
    const [first, second] = await Promise.all([supervisor.demand(), supervisor.demand()])
    expect(first).toBe(second)
    expect(scheme.dials).toHaveLength(1)
  })

  test('starts its connection once however many ask', async () => {
    scheme.answer('scripted:a', [h264])
    await supervisor.demand()
    await Promise.all([supervisor.start(), supervisor.start()])
    expect(scheme.producers[0]!.startCount).toBe(1)
  })

  test('lets a connection go that arrives after it was released', async () => {
    const answer = Promise.withResolvers<readonly (typeof h264)[]>()
    scheme.answer('scripted:a', answer.promise)
    const demanded = supervisor.demand()
    supervisor.release()
    answer.resolve([h264])
    await expect(demanded).rejects.toThrow('no longer needed')
    expect(scheme.producers[0]!.ended).toBe(true)
    expect(supervisor.state).toBe('idle')
  })

  test('takes no late connection for a newer dial', async () => {
    const [early, late] = [
      Promise.withResolvers<readonly (typeof h264)[]>(),
      Promise.withResolvers<readonly (typeof h264)[]>(),
    ]
    scheme.answer('scripted:a', early.promise)
    const first = supervisor.demand()
    supervisor.release()
    scheme.answer('scripted:a', late.promise)
    const second = supervisor.demand()
    early.resolve([h264])
    await expect(first).rejects.toThrow('no longer needed')
    late.resolve([h264])
    expect(await second).toBe(scheme.producers[1])
    expect(supervisor.state).toBe('live')
  })

  test('keeps the reason of a failed dial for who looks later', async () => {
    await expect(supervisor.demand()).rejects.toThrow('refused')
    expect(supervisor.state).toBe('idle')
    expect(supervisor.cause).toEqual({ code: 'connection_refused', message: 'scripted:a refused' })
  })

  test('counts refused passwords in a row only', async () => {
    scheme.answer('scripted:a', refused)
    await expect(supervisor.demand()).rejects.toThrow('refused')
    scheme.answer('scripted:a', [h264])
    await supervisor.demand()
    supervisor.release()
    scheme.answer('scripted:a', refused)
    await expect(supervisor.demand()).rejects.toThrow('refused')
    expect(supervisor.state).toBe('idle')
    await expect(supervisor.demand()).rejects.toThrow('paused')
    expect(supervisor.state).toBe('paused')
    expect(gaveUp.map(cause => cause.code)).toEqual(['wrong_password'])
  })

  test('keeps trying on behalf of those who wait, and dials at once for who is impatient', async () => {
    wanted = true
    supervisor.insist({ code: 'unreachable', message: 'gone' })
    expect(supervisor.retryIn).toBe(1_000)
    await clock.advance(1_000)
    expect(scheme.dials).toHaveLength(1)
    await expect(supervisor.demand()).rejects.toThrow('refused')
    expect(scheme.dials).toHaveLength(1)
    await clock.advance(1_000)
    await clock.advance(1_000)
    await clock.advance(1_000)
    await clock.advance(1_000)
    expect(supervisor.retryIn).toBe(5_000)
    await clock.advance(2_000)
    scheme.answer('scripted:a', [h264])
    await supervisor.demand()
    expect(supervisor.state).toBe('live')
    supervisor.release()
    await settled()
    expect(clock.timerCount).toBe(0)
  })

  test('counts bytes over all its connections', async () => {
    scheme.answer('scripted:a', [h264])
    await supervisor.demand()
    scheme.producers[0]!.push(0, true, 1, 'four')
    supervisor.release()
    await supervisor.demand()
    scheme.producers[1]!.push(0, true, 1, 'sixsix')
    expect(supervisor.receivedBytes).toBe(10)
  })

  test('ends with everything it holds', async () => {
    wanted = true
    supervisor.insist({ code: 'unreachable', message: 'gone' })
    supervisor[Symbol.dispose]()
    await settled()
    expect(clock.timerCount).toBe(0)
  })
})
