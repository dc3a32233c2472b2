import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Demuxer, DemuxerSink } from '#media/formats/demuxer.ts'
import { ByteStream, type ByteStreamOptions } from '#media/ingest/byte-stream.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const film = readFileSync(fixturePath('h264-b-frames.h264'))
const ended = { code: 'ended', message: 'the process ended' }

const setUp = (options: Partial<ByteStreamOptions> & { readonly signal?: AbortSignal } = {}) => {
  const clock = new HeldClock()
  const context = dialContext({ clock, ...(options.signal && { signal: options.signal }) })
  const info = { protocol: 'pipe', source: 'camera.sh' }
  return { clock, stream: new ByteStream({ context, info, ...options }) }
}

/** Finds out nothing, unless a test does it. */
const scripted = (into: DemuxerSink, more: Partial<Demuxer> = {}): Demuxer => ({
  formatName: 'scripted',
  push() {},
  settle: () => into.tracks([]),
  end() {},
  ...more,
})

describe('a stream of bytes', () => {
  test('becomes a producer whose format was found out', async () => {
    const { stream, clock } = setUp()
    stream.push(film.subarray(0, 8000))
    const producer = await stream.opened
    expect(producer.info).toMatchObject({
      formatName: 'h264',
      protocol: 'pipe',
      source: 'camera.sh',
      bytesReceived: 8000,
    })
    const pictures: unknown[] = []
    producer.track(producer.medias[0]!)!.attach({ id: 1, push: unit => pictures.push(unit) })
    await producer.start()
    await clock.advance(100)
    stream.push(film.subarray(8000))
    stream.end(ended)
    expect(pictures).toHaveLength(20)
    expect(producer.info.bytesReceived).toBe(film.length)
    await expect(producer.closed).resolves.toEqual(ended)
    await expect(stream.closed).resolves.toEqual(ended)
    expect(clock.timerCount).toBe(0)
  })

  test('keeps what a file brings until somebody wants it', async () => {
    const { stream } = setUp()
    stream.push(film)
    stream.end(ended)
    const producer = await stream.opened
    let count = 0
    producer.track(producer.medias[0]!)!.attach({ id: 1, push: () => count++ })
    await producer.start()
    expect(count).toBe(20)
    await expect(producer.closed).resolves.toEqual(ended)
  })

  test('is refused when it begins like nothing that is known', async () => {
    const { stream } = setUp()
    stream.push(Buffer.alloc(4096, 'x'))
    await expect(stream.opened).rejects.toMatchObject({
      code: 'unknown_format',
      message: 'magic: unsupported header: 78787878',
    })
    await expect(stream.closed).resolves.toMatchObject({ code: 'unknown_format' })
    stream.push(film)
  })

  test('is refused when it ends before there is anything', async () => {
    const { stream } = setUp()
    stream.push(film.subarray(0, 40))
    stream.end(ended)
    await expect(stream.opened).rejects.toMatchObject({
      code: 'no_media',
      message: expect.stringContaining('the process ended'),
    })
  })

  test('is refused when 5 s or 5 MB tell nothing', async () => {
    const late = setUp({ format: scripted })
    late.stream.push(film)
    await late.clock.advance(5000)
    await expect(late.stream.opened).rejects.toMatchObject({ code: 'no_media' })
    const large = setUp({ format: scripted })
    for (let i = 0; i < 5; i++) large.stream.push(Buffer.alloc(1024 * 1024))
    await expect(large.stream.opened).rejects.toMatchObject({ code: 'no_media' })
    expect([late.clock.timerCount, large.clock.timerCount]).toEqual([0, 0])
  })

  test('goes by what is known after 5 s', async () => {
    const codec = { kind: 'audio', name: 'PCMA', clockRate: 8000, channels: 1, formatParameters: '' } as const
    const { stream, clock } = setUp({ format: into => scripted(into, { settle: () => into.tracks([codec]) }) })
    stream.push(film)
    await clock.advance(5000)
    expect((await stream.opened).medias).toHaveLength(1)
  })

  test('ends with what its demuxer cannot read, without throwing', async () => {
    const broken = (): never => {
      throw new MalformedError('nonsense')
    }
    const { stream } = setUp({ format: into => scripted(into, { push: broken }) })
    stream.push(film)
    await expect(stream.opened).rejects.toThrow(MalformedError)
  })

  test('ends when nothing comes for too long, but not while it was asked to wait', async () => {
    const { stream, clock } = setUp({ silenceMsMax: 2000, flow: { pause() {}, resume() {} } })
    await clock.advance(1500)
    stream.push(film)
    const producer = await stream.opened
    await clock.advance(10_000)
    await producer.start()
    await clock.advance(1500)
    stream.push(film)
    await clock.advance(1500)
    await clock.advance(1500)
    await expect(producer.closed).resolves.toEqual({ code: 'silent', message: 'nothing has come for 2 s' })
    const dumb = setUp({ silenceMsMax: 2000 })
    await dumb.clock.advance(2500)
    await expect(dumb.stream.opened).rejects.toMatchObject({ code: 'silent' })
  })

  test('is given up with the dial, and no longer once there is a producer', async () => {
    const controller = new AbortController()
    const one = setUp({ signal: controller.signal })
    const other = setUp({ signal: controller.signal })
    other.stream.push(film)
    const producer = await other.stream.opened
    controller.abort()
    await expect(one.stream.opened).rejects.toMatchObject({ code: 'closed' })
    await expect(setUp({ signal: controller.signal }).stream.opened).rejects.toMatchObject({ code: 'closed' })
    producer.close()
    await expect(other.stream.closed).resolves.toMatchObject({ code: 'done' })
  })

  test('that its owner closes is no producer any more', async () => {
    const { stream } = setUp()
    stream.close()
    await expect(stream.opened).rejects.toMatchObject({ code: 'closed' })
    const { stream: open } = setUp()
    open.push(film)
    const producer = await open.opened
    open.close(ended)
    await expect(producer.closed).resolves.toEqual(ended)
  })
})
