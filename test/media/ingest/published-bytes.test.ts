import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Producer } from '#media/core/producer.ts'
import { type PublishedFormat, publishBytes } from '#media/ingest/published-bytes.ts'
import { MediaError } from '#media/runtime/errors.ts'
import { dialContext } from '#test/helpers/dial-context.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const read = (name: string): Buffer => readFileSync(fixturePath(name))
const ended = { code: 'body_ended', message: 'that was all' }

const setUp = (format?: PublishedFormat) => {
  const clock = new HeldClock()
  const taken: Producer[] = []
  const place = { context: dialContext({ clock }), take: (producer: Producer) => void taken.push(producer) }
  const flow = { pause: () => {}, resume: () => {} }
  const who = { remoteAddress: '10.0.0.1:5', userAgent: 'ffmpeg' }
  return { clock, taken, bytes: publishBytes(place, { ...who, flow, ...(format && { format }) }) }
}

describe('bytes that are published', () => {
  test.each([
    ['h264-b-frames-aac.flv', 'flv', 'flv'],
    ['h264-b-frames-aac.mpegts', 'mpegts', 'mpegts'],
    ['jpeg.mpjpeg', 'mpjpeg', 'mpjpeg'],
    ['h264-b-frames-aac.flv', undefined, 'flv'],
    ['h265-opus.mpegts', undefined, 'mpegts'],
    ['aac.adts', undefined, 'adts'],
    ['h264-b-frames.h264', undefined, 'h264'],
    ['pcm_alaw.wav', undefined, 'wav'],
  ] as const)('%s said to be %s become a source that flows at once', async (file, format, found) => {
    const { taken, bytes } = setUp(format)
    bytes.push(read(file))
    bytes.end(ended)
    expect(await bytes.over).toEqual(ended)
    expect(taken).toHaveLength(1)
    const [producer] = taken
    expect(producer!.info).toMatchObject({ formatName: found, protocol: 'http', remoteAddress: '10.0.0.1:5' })
    expect(producer!.track(producer!.medias[0]!)!.unitCount).toBeGreaterThan(0)
  })

  test.each([
    ['nothing', undefined, ''],
    ['words', undefined, 'hello'],
    ['words', 'flv', 'not an FLV file at all'],
    ['an FLV file', 'mpegts', 'FLV\x01\x05\x00\x00\x00\x09'],
  ] as const)('%s as %s are refused, and leave nothing', async (_name, format, text) => {
    const { taken, bytes, clock } = setUp(format)
    bytes.push(Buffer.from(text, 'latin1'))
    bytes.end(ended)
    await expect(bytes.over).rejects.toThrow(MediaError)
    expect([taken.length, clock.timerCount]).toEqual([0, 0])
  })

  test('are given up when they bring no media in five seconds, or no bytes in fifteen', async () => {
    const [drip, silence] = [setUp('mpegts'), setUp()]
    drip.bytes.push(Buffer.of(0x47))
    await drip.clock.advance(5001)
    await expect(drip.bytes.over).rejects.toMatchObject({ code: 'no_media' })
    await silence.clock.advance(16_000)
    await expect(silence.bytes.over).rejects.toMatchObject({ code: 'silent' })
  })

  test('end when their place closes them', async () => {
    const { taken, bytes } = setUp('flv')
    bytes.push(read('h264-b-frames-aac.flv').subarray(0, 20_000))
    await expect.poll(() => taken.length).toBe(1)
    taken[0]!.close({ code: 'stream_removed', message: 'the stream was removed' })
    expect(await bytes.over).toMatchObject({ code: 'stream_removed' })
    bytes.push(Buffer.of(1))
    bytes[Symbol.dispose]()
  })

  test('of any kind end in bounded time, with a source or an error of ours', async () => {
    const any = fc.uint8Array({ maxLength: 2000 }).map(bytes => Buffer.from(bytes))
    const formats = fc.constantFrom<PublishedFormat | undefined>('flv', 'mpegts', 'mpjpeg', undefined)
    await fc.assert(
      fc.asyncProperty(formats, any, async (format, rubbish) => {
        const { bytes } = setUp(format)
        bytes.push(rubbish)
        bytes.end(ended)
        const outcome = await bytes.over.catch((error: unknown) => error)
        expect(outcome instanceof MediaError || 'code' in (outcome as object)).toBe(true)
      }),
    )
  })
})
