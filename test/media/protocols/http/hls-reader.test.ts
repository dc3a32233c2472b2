import { describe, expect, test } from 'vitest'
import { HttpClient } from '#media/net/http-client.ts'
import { FlowGate } from '#media/protocols/http/body-pump.ts'
import { HlsReader } from '#media/protocols/http/hls-reader.ts'
import { systemClock } from '#media/runtime/clock.ts'
import type { CloseReason } from '#media/runtime/lifetime.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { giving, type HttpAnswerer, HttpCamera } from '#test/helpers/http-camera.ts'
import { until } from '#test/helpers/until.ts'

const playlist = (...lines: readonly (string | number)[]): HttpAnswerer =>
  giving('application/vnd.apple.mpegurl', ['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...lines].join('\n'))

/** Segments whose content is their name. */
const segments = (...names: readonly string[]): Readonly<Record<string, HttpAnswerer>> =>
  Object.fromEntries(names.map(name => [`/live/${name}`, giving('video/mp2t', `<${name}>`)]))

const open = async (camera: HttpCamera) => {
  const clock = new HeldClock()
  const over = new AbortController()
  const state = { got: '', reason: undefined as CloseReason | undefined }
  const client = new HttpClient({
    clock: systemClock,
    signal: new AbortController().signal,
    timeoutMs: 5000,
    headers: [],
    unverified: false,
  })
  const gate = new FlowGate()
  const push = (chunk: Buffer): void => {
    state.got += chunk.toString()
  }
  const answer = await client.get(new URL(camera.at('/live/index.m3u8')))
  const reader = await HlsReader.open(answer, { client, clock, gate, push, over: over.signal })
  const run = (): void => void reader.run().then(reason => (state.reason = reason))
  return { clock, over, state, gate, run }
}

describe('a reader of HLS', () => {
  test('reads a recording from its beginning to its end', async () => {
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': playlist('#EXTINF:2,', 'a', 'b', 'c', 'd', '#EXT-X-ENDLIST'),
      ...segments('a', 'b', 'c', 'd'),
    })
    const { state, run, clock } = await open(camera)
    run()
    await until('the end', () => state.reason !== undefined)
    expect([state.got, state.reason?.code, clock.timerCount]).toEqual(['<a><b><c><d>', 'ended', 0])
  })

  test('follows a master to its best variant', async () => {
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': playlist(
        '#EXT-X-STREAM-INF:BANDWIDTH=1',
        'low/x',
        '#EXT-X-STREAM-INF:BANDWIDTH=2',
        '../high/x.m3u8',
      ),
      '/high/x.m3u8': playlist('a', '#EXT-X-ENDLIST'),
      '/high/a': giving('video/mp2t', 'best'),
    })
    const { state, run } = await open(camera)
    run()
    await until('the end', () => state.reason !== undefined)
    expect(state.got).toBe('best')
  })

  test('begins a live one three segments from its end, and asks on as RFC 8216 wants it', async () => {
    const lists = [
      playlist('#EXT-X-MEDIA-SEQUENCE:10', 'a', 'b', 'c', 'd'),
      playlist('#EXT-X-MEDIA-SEQUENCE:10', 'a', 'b', 'c', 'd'),
      playlist('#EXT-X-MEDIA-SEQUENCE:12', 'c', 'd', 'e'),
      playlist('#EXT-X-MEDIA-SEQUENCE:12', 'c', 'd', 'e', '#EXT-X-ENDLIST'),
    ]
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': (request, response, count) => lists[count - 1]!(request, response, count),
      ...segments('b', 'c', 'd', 'e'),
    })
    const { state, run, clock } = await open(camera)
    run()
    for (const waits of [2000, 1000, 2000]) {
      await until('a pause', () => clock.timerCount === 1)
      expect(clock.nextTimerIn).toBe(waits)
      await clock.advance(waits)
    }
    await until('the end', () => state.reason !== undefined)
    expect(state.got).toBe('<b><c><d><e>')
  })

  test('counts the time that its segments took as waited', async () => {
    const lists = [playlist('a', 'b'), playlist('a', 'b', 'c', '#EXT-X-ENDLIST')]
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': (request, response, count) => lists[count - 1]!(request, response, count),
      ...segments('a', 'b', 'c'),
    })
    const { state, run, clock, gate } = await open(camera)
    gate.pause()
    run()
    // They are played while the playlist grows: with the last one played, the next must be there.
    await clock.advance(1900)
    gate.resume()
    await until('a pause', () => clock.timerCount === 1)
    expect(clock.nextTimerIn).toBe(100)
    await clock.advance(100)
    await until('the end', () => state.reason !== undefined)
    expect(state.got).toBe('<a><b><c>')
  })

  test('goes on where the numbers begin anew', async () => {
    const lists = [playlist('#EXT-X-MEDIA-SEQUENCE:500', 'a'), playlist('b', 'c', '#EXT-X-ENDLIST')]
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': (request, response, count) => lists[count - 1]!(request, response, count),
      ...segments('a', 'b', 'c'),
    })
    const { state, run, clock } = await open(camera)
    run()
    await until('a pause', () => clock.timerCount === 1)
    await clock.advance(2000)
    await until('the end', () => state.reason !== undefined)
    expect(state.got).toBe('<a><b><c>')
  })

  test('leaves out a segment that is gone, and ends when all are', async () => {
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': playlist('a', 'gone', 'b', 'g1', 'g2', 'g3', 'g4', 'g5', '#EXT-X-ENDLIST'),
      ...segments('a', 'b'),
    })
    const { state, run, clock } = await open(camera)
    run()
    while (state.reason === undefined) {
      await until('a pause or the end', () => clock.timerCount === 1 || state.reason !== undefined)
      await clock.advance(clock.nextTimerIn ?? 0)
    }
    expect([state.got, state.reason.code]).toEqual(['<a><b>', 'camera_refused'])
    expect(camera.paths).not.toContain('/live/g5')
  })

  test('bears with a playlist that fails now and then, and ends when it always does', async () => {
    await using camera = await HttpCamera.start({
      '/live/index.m3u8': (request, response, count) =>
        count === 1 ? playlist('a')(request, response, count) : response.writeHead(500).end(),
      ...segments('a'),
    })
    const { state, run, clock } = await open(camera)
    run()
    while (state.reason === undefined) {
      await until('a pause or the end', () => clock.timerCount === 1 || state.reason !== undefined)
      await clock.advance(clock.nextTimerIn ?? 0)
    }
    expect([state.got, state.reason.code, camera.requests.length]).toEqual(['<a>', 'camera_refused', 6])
  })

  test('asks for nothing while nobody wants it, and stops when it is over', async () => {
    await using camera = await HttpCamera.start({ '/live/index.m3u8': playlist('a', 'b'), ...segments('a', 'b') })
    const { state, run, gate, over, clock } = await open(camera)
    gate.pause()
    run()
    expect(camera.requests).toHaveLength(1)
    gate.resume()
    await until('a pause', () => clock.timerCount === 1)
    over.abort()
    await until('the end', () => state.reason !== undefined)
    expect([state.got, clock.timerCount]).toEqual(['<a><b>', 0])
  })

  test.each([
    { name: 'is no playlist', answer: giving('x/y', '<html>'), code: 'malformed' },
    { name: 'is of fragmented MP4', answer: playlist('#EXT-X-MAP:URI="i"', 'a'), code: 'hls_not_supported' },
    { name: 'offers nothing', answer: playlist('#EXT-X-STREAM-INF:BANDWIDTH=1'), code: 'hls_not_supported' },
    {
      name: 'leads to itself',
      answer: playlist('#EXT-X-STREAM-INF:BANDWIDTH=1', 'index.m3u8'),
      code: 'hls_not_supported',
    },
    { name: 'is too large', answer: giving('x/y', Buffer.alloc(4 * 1024 * 1024 + 1)), code: 'hls_not_supported' },
  ])('refuses what $name', async ({ answer, code }) => {
    await using camera = await HttpCamera.start({ '/live/index.m3u8': answer })
    await expect(open(camera)).rejects.toMatchObject({ code })
  })
})
