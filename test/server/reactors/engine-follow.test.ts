import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EngineFollow } from '#server/reactors/engine-follow.ts'
import { RecordingEngine } from '#test/helpers/recording-engine.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const newFollow = () => {
  const engine = new RecordingEngine()
  let now = 0
  const follow = new EngineFollow(engine, () => now)
  const told: string[][] = []
  follow.onChange(ids => told.push([...ids].sort()))
  const pass = (ms: number): void => {
    now += ms
    vi.advanceTimersByTime(ms)
  }
  return { engine, follow, told, pass }
}

describe('following the engine', () => {
  test('gathers facts of a tenth of a second into one telling', () => {
    const { engine, told, pass } = newFollow()
    engine.becomes('a', 'connecting')
    engine.becomes('b', 'failed')
    engine.becomes('a', 'connecting')
    expect(told).toEqual([])
    pass(100)
    expect(told).toEqual([['a', 'b']])
  })

  test('tells of streams that are live once a second, and of no others', () => {
    const { engine, told, pass } = newFollow()
    engine.becomes('a', 'live')
    engine.becomes('b', 'failed')
    pass(100)
    told.length = 0
    pass(3000)
    expect(told).toEqual([['a'], ['a'], ['a']])
  })

  test('measures bits a second from what has arrived', () => {
    const { engine, follow, pass } = newFollow()
    engine.becomes('a', 'live')
    engine.received('a', 1_000_000)
    pass(1000)
    expect(follow.stream('a')?.bitsPerSecond).toBe(0)
    engine.received('a', 1_500_000)
    pass(1000)
    expect(follow.stream('a')?.bitsPerSecond).toBe(4_000_000)
    pass(1000)
    expect(follow.stream('a')?.bitsPerSecond).toBe(0)
  })

  test('is never below zero when counting begins anew', () => {
    const { engine, follow, pass } = newFollow()
    engine.becomes('a', 'live')
    engine.received('a', 1_000_000)
    pass(1000)
    engine.received('a', 0)
    pass(1000)
    expect(follow.stream('a')?.bitsPerSecond).toBe(0)
  })

  test('says what is not idle, and tells once more when a stream becomes so', () => {
    const { engine, follow, told, pass } = newFollow()
    engine.becomes('a', 'live')
    engine.becomes('b', 'live')
    expect(follow.notIdle().map(({ snapshot }) => snapshot.id)).toEqual(['a', 'b'])
    pass(100)
    engine.becomes('a', 'idle')
    expect(follow.notIdle().map(({ snapshot }) => snapshot.id)).toEqual(['b'])
    pass(2000)
    expect(told.flat()).toContain('a')
    told.length = 0
    pass(3000)
    expect(told.flat()).not.toContain('a')
  })

  test('tells nobody after it is disposed', () => {
    const { engine, follow, told, pass } = newFollow()
    engine.becomes('a', 'live')
    follow[Symbol.dispose]()
    engine.becomes('b', 'live')
    pass(5000)
    expect(told).toEqual([])
  })
})

describe('probing', () => {
  test('answers what the engine found, or what is wrong with the source', async () => {
    const { follow } = newFollow()
    const { signal } = new AbortController()
    expect(await follow.probe('rtsp://a/1', signal)).toEqual({ tracks: [], tookMs: 3 })
    expect((await follow.probe('exec:ls', signal)).problem?.message).toBe('nothing opens exec:ls')
  })
})
