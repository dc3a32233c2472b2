import { describe, expect, test } from 'vitest'
import type { Consumer } from '#media/core/consumer.ts'
import type { HlsConsumer } from '#media/protocols/hls/hls-consumer.ts'
import { HlsSessions } from '#media/protocols/hls/hls-sessions.ts'
import { LimitError } from '#media/runtime/errors.ts'
import { fixtureTracks } from '#test/helpers/fixture-tracks.ts'
import { NotServed } from '#test/helpers/hand-fed-stream.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

/** A stream that is fed by hand, and the sessions of its players. */
const setUp = () => {
  const clock = new HeldClock()
  const source = fixtureTracks(fixtureTrack('h264-b-frames-aac.mp4', 'video'))
  const consumers: Consumer[] = []
  const sessions = new HlsSessions({
    clock,
    watch: async (stream, make) => {
      if (stream !== 'porch') throw new NotServed('stream_not_found')
      const viewer = make({ clock })
      consumers.push(viewer)
      viewer.attach(viewer.medias[0]!, source.tracks[0]!)
      viewer.start()
      return viewer
    },
  })
  let playedAt = 0
  return {
    ...{ clock, sessions, consumers },
    play: () => {
      playedAt += 100
      source.play(playedAt)
    },
    open: (query = '', stream = 'porch') =>
      sessions.open({ stream, query, remoteAddress: '127.0.0.1:5', userAgent: 'test' }),
  }
}

const text = async (answer: Awaited<ReturnType<Awaited<ReturnType<HlsSessions['open']>>['playlist']>>) =>
  answer.kind === 'found' ? Buffer.concat([...answer.pieces]).toString() : answer.kind

describe('sessions of HLS', () => {
  test('share the segments of one stream, filter and format', async () => {
    const { sessions, consumers, open } = setUp()
    const all = [
      await open(),
      await open(),
      await open('mp4'),
      await open('video=h264,h265&audio=aac'),
      await open('video=h264'),
    ]
    expect(new Set(all.map(({ id }) => id)).size).toBe(5)
    expect(all.every(({ id }) => /^[0-9A-Za-z]{8}$/.test(id))).toBe(true)
    expect(consumers).toHaveLength(3)
    expect(sessions.count).toBe(5)
    expect(sessions.find(all[1]!.id)).toBe(all[1])
    expect(sessions.find('nobody00')).toBeUndefined()
  })

  test('end some seconds after the last request of any kind, and the segments with the last of them', async () => {
    const { sessions, consumers, open, clock, play } = setUp()
    play()
    const [one, other] = [await open(), await open()]
    play()
    for (let second = 0; second < 30; second++) {
      await clock.advance(1000)
      expect((await one.playlist()).kind).toBe('found')
    }
    expect([sessions.find(one.id), sessions.find(other.id)]).toEqual([one, undefined])
    await clock.advance(60_000)
    expect(sessions.count).toBe(0)
    expect(await consumers[0]!.closed).toMatchObject({ code: 'done' })
    expect(clock.timerCount).toBe(0)
    expect((await one.playlist()).kind).toBe('absent')
  })

  test('begin anew after the stream ended, which ends them', async () => {
    const { sessions, consumers, open } = setUp()
    const { id } = await open()
    consumers[0]!.close()
    await expect.poll(() => sessions.find(id)).toBeUndefined()
    await open()
    expect(consumers).toHaveLength(2)
  })

  test('hear why there is no stream for them, and leave nothing behind', async () => {
    const { sessions, clock, open } = setUp()
    await expect(open('', 'garden')).rejects.toMatchObject({ code: 'stream_not_found' })
    expect([sessions.count, clock.timerCount]).toEqual([0, 0])
  })

  test('are not more than they may be', async () => {
    const { sessions, open } = setUp()
    await Promise.all(Array.from({ length: 512 }, () => open()))
    await expect(open()).rejects.toBeInstanceOf(LimitError)
    sessions[Symbol.dispose]()
    expect(sessions.count).toBe(0)
  })
})

describe('a session of HLS', () => {
  test('gives its playlist when the first segment is there, and gives up when none comes', async () => {
    const { open, play, clock } = setUp()
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
    const { open, play, consumers } = setUp()
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
    const { open, play } = setUp()
    const session = await open('mp4')
    play()
    play()
    const answer = await session.segment()
    for (let count = 0; count < 20; count++) play()
    expect(() => (answer.kind === 'found' ? [...answer.pieces] : [])).toThrow('dropped')
  })

  test('refuses what is absurd, and knows nothing of what is far ahead', async () => {
    const { open, play, consumers } = setUp()
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

  test('lets only so many requests wait', async () => {
    const { open, sessions } = setUp()
    const session = await open()
    const waiting = Array.from({ length: 17 }, () => session.playlist())
    expect((await waiting[16]!).kind).toBe('late')
    sessions[Symbol.dispose]()
    expect((await waiting[0]!).kind).toBe('absent')
  })
})
