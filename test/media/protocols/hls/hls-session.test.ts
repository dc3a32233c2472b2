import { describe, expect, test } from 'vitest'
import type { HlsConsumer } from '#media/protocols/hls/hls-consumer.ts'
import type { HlsAnswer } from '#media/protocols/hls/hls-session.ts'
import { millis } from '#media/runtime/units.ts'
import { hlsPlayers } from '#test/helpers/hls-players.ts'

const text = async (answer: HlsAnswer): Promise<string> =>
  answer.kind === 'found' ? Buffer.concat([...answer.pieces]).toString() : answer.kind

describe('a session of HLS', () => {
  test('gives its playlist when the first segment is there, and gives up when none comes', async () => {
    const { open, play, clock } = hlsPlayers()
    const session = await open()
    const [first, late] = [session.playlist(), session.playlist()]
    play()
    play()
    expect(await text(await first)).toContain('#EXTINF')
    expect((await late).kind).toBe('found')
    const waiting = (await open('mp4')).playlist()
    await clock.advance(9000)
    expect((await waiting).kind).toBe('late')
  })

  test('gives each segment and part as often as it is asked for, and waits for the next', async () => {
    const { open, play, consumers } = hlsPlayers()
    const session = await open('mp4')
    play()
    play()
    const { store } = consumers[0] as HlsConsumer
    const newest = store.listed.at(-1)!
    const [one, again] = [await session.segment(newest.number), await session.segment(newest.number)]
    expect(await text(one)).toBe(await text(again))
    expect(await session.segment()).toMatchObject({ sizeBytes: newest.sizeBytes })
    expect(await session.segment(newest.number, 0)).toMatchObject({ sizeBytes: newest.parts[0]!.bytes.length })
    expect((await session.segment(newest.number, 500)).kind).toBe('absent')
    const { number, parts } = store.open!
    const hinted = parts.length
    const next = session.segment(number, hinted)
    const after = session.playlist(number, hinted)
    play()
    expect((await next).kind).toBe('found')
    expect(await text(await after)).toContain(`n=${number}&part=${hinted}"`)
    expect(consumers[0]!.info.bytesSent).toBeGreaterThan(newest.sizeBytes)
  })

  test('stops to give a segment that has been dropped', async () => {
    const { open, play } = hlsPlayers()
    const session = await open('mp4')
    play()
    play()
    const answer = await session.segment()
    for (let count = 0; count < 20; count++) play()
    expect(() => (answer.kind === 'found' ? [...answer.pieces] : [])).toThrow('dropped')
  })

  test('refuses what is absurd, and knows nothing of what is far ahead', async () => {
    const { open, play, consumers } = hlsPlayers()
    const session = await open('mp4')
    play()
    play()
    const { number } = (consumers[0] as HlsConsumer).store.open!
    const answers = [
      ...[session.playlist(undefined, 1), session.playlist(99), session.playlist(number, 99)],
      ...[session.playlist(number + 1, 99), session.segment(99)],
    ]
    expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual([
      'refused',
      'refused',
      'refused',
      'refused',
      'absent',
    ])
    expect((await session.initialization(7)).kind).toBe('absent')
    expect((await session.initialization()).kind).toBe('found')
  })

  test('lets who asks again wait for what is new, but no longer than a segment is', async () => {
    const { open, play, clock } = hlsPlayers()
    const session = await open()
    play()
    play()
    const first = await text(await session.playlist())
    const again = session.playlist()
    await clock.advance(900)
    play()
    expect(await text(await again)).not.toBe(first)
    const [unchanged, same] = [await text(await session.playlist(1)), session.playlist()]
    await clock.advance(1100)
    expect(await text(await same)).toBe(unchanged)
  })

  test('lets each player begin with a keyframe where they are rare, and tells it of the rest at once', async () => {
    const { open, consumers } = hlsPlayers()
    const session = await open()
    const { store } = consumers[0] as HlsConsumer
    const grow = (independent: boolean): void => {
      store.begin({ map: undefined, discontinuity: false, beganAt: millis(0) })
      store.add({ bytes: Buffer.from('part'), seconds: 6, independent, unitCount: 1 })
    }
    const numbers = async (one = session): Promise<readonly number[]> =>
      [...(await text(await one.playlist())).matchAll(/&n=(\d+)/g)].map(([, number]) => Number(number))
    for (const independent of [true, false, false, true, false, false]) grow(independent)
    expect(await numbers()).toEqual([3])
    expect(await numbers()).toEqual([3, 4])
    grow(true)
    grow(false)
    expect(await numbers()).toEqual([3, 4, 5, 6])
    expect(await numbers(await open())).toEqual([6])
  })

  test('lets only so many requests wait', async () => {
    const { open, sessions } = hlsPlayers()
    const session = await open()
    const waiting = Array.from({ length: 17 }, () => session.playlist())
    expect((await waiting[16]!).kind).toBe('late')
    sessions[Symbol.dispose]()
    expect((await waiting[0]!).kind).toBe('absent')
  })
})
