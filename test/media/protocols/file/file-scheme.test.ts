import { describe, expect, test } from 'vitest'
import { fileScheme, pathOf } from '#media/protocols/file/file-scheme.ts'
import { parseSourceUrl, SourceNotSupportedError } from '#media/streams/source-url.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { until } from '#test/helpers/until.ts'
import { WatchedProducer } from '#test/helpers/watched-producer.ts'

const scheme = fileScheme()
const dial = (path: string, context = dialContext()) => scheme.dial(parseSourceUrl(`file:${path}`), context)

describe('a file source', () => {
  test('may come from the configuration only', () => {
    expect(scheme).toMatchObject({ kind: 'dial', names: ['file'], trustedOnly: true })
  })

  test.each([
    ['file:/a/b c.ts', '/a/b c.ts'],
    ['file:///a/b%20c.ts#x', '/a/b%20c.ts'],
    ['file:a.ts', 'a.ts'],
    ['file://a/b.ts', 'a/b.ts'],
  ])('%s names %s', (source, path) => {
    expect(pathOf(parseSourceUrl(source))).toBe(path)
  })

  test.each(['file:', 'file://', 'file:a\0b'])('is refused: %j', source => {
    expect(() => scheme.check(parseSourceUrl(source), 'configuration')).toThrow(SourceNotSupportedError)
  })

  test('is played at its own pace, to its end', async () => {
    const clock = new HeldClock()
    const producer = await dial(fixturePath('h264-b-frames-aac.flv'), dialContext({ clock }))
    expect(producer.info).toMatchObject({ formatName: 'flv', protocol: 'file' })
    using watched = await WatchedProducer.start(producer)
    await clock.advance(1000)
    expect(watched.units.video.length).toBeGreaterThan(9)
    expect(watched.units.video.length).toBeLessThan(12)
    // It is read in pieces, as it is played.
    for (let i = 0; i < 20 && watched.reason === undefined; i++) await clock.advance(100)
    expect(await watched.end()).toMatchObject({ code: 'ended' })
    expect([watched.units.video.length, clock.timerCount]).toEqual([20, 0])
  })

  test('without times is played as 25 pictures a second', async () => {
    const clock = new HeldClock()
    using watched = await WatchedProducer.start(await dial(fixturePath('h264-b-frames.h264'), dialContext({ clock })))
    await clock.advance(400)
    expect(watched.units.video).toHaveLength(11)
  })

  test.each([
    { name: 'is not there', path: '/nowhere/film.ts', code: 'file_unreadable' },
    { name: 'is a folder', path: '/', code: 'file_unreadable' },
    { name: 'is no media', path: fixturePath('../README.md'), code: 'unknown_format' },
  ])('that $name is refused', async ({ path, code }) => {
    await expect(dial(path)).rejects.toMatchObject({ code })
  })

  test('is let go when it is closed', async () => {
    const producer = await dial(fixturePath('h265-opus.mpegts'))
    producer.close()
    let closed = false
    void producer.closed.then(() => {
      closed = true
    })
    await until('the end', () => closed)
  })
})
