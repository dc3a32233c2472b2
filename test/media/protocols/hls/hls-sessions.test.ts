import { describe, expect, test } from 'vitest'
import { LimitError } from '#media/runtime/errors.ts'
import { hlsPlayers } from '#test/helpers/hls-players.ts'

describe('sessions of HLS', () => {
  test('share the segments of one stream, filter and format', async () => {
    const { sessions, consumers, open } = hlsPlayers()
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
    const { sessions, consumers, open, clock, play } = hlsPlayers()
    play()
    const [one, other] = [await open(), await open()]
    play()
    for (let second = 0; second < 30; second++) {
      await clock.advance(1000)
      expect((await one.segment()).kind).toBe('found')
    }
    expect([sessions.find(one.id), sessions.find(other.id)]).toEqual([one, undefined])
    await clock.advance(60_000)
    expect(sessions.count).toBe(0)
    expect(await consumers[0]!.closed).toMatchObject({ code: 'done' })
    expect(clock.timerCount).toBe(0)
    expect((await one.playlist()).kind).toBe('absent')
  })

  test('begin anew after the stream ended, which ends them', async () => {
    const { sessions, consumers, open } = hlsPlayers()
    const { id } = await open()
    consumers[0]!.close()
    await expect.poll(() => sessions.find(id)).toBeUndefined()
    await open()
    expect(consumers).toHaveLength(2)
  })

  test('hear why there is no stream for them, and leave nothing behind', async () => {
    const { sessions, clock, open } = hlsPlayers()
    await expect(open('', 'garden')).rejects.toMatchObject({ code: 'stream_not_found' })
    expect([sessions.count, clock.timerCount]).toEqual([0, 0])
  })

  test('are not more than they may be', async () => {
    const { sessions, open } = hlsPlayers()
    await Promise.all(Array.from({ length: 512 }, () => open()))
    await expect(open()).rejects.toBeInstanceOf(LimitError)
    sessions[Symbol.dispose]()
    expect(sessions.count).toBe(0)
  })
})
