import { describe, expect, test } from 'vitest'
import type { AccessUnit } from '#media/core/access-unit.ts'
import { type DemoClip, readDemoClip } from '#media/protocols/demo/demo-clip.ts'
import { DemoProducer } from '#media/protocols/demo/demo-producer.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

/** 2 s: 20 pictures with B-pictures among them, and AAC. */
const clip: DemoClip = await readDemoClip(fixturePath('h264-b-frames-aac.mp4'))

const setUp = () => {
  const clock = new HeldClock()
  const producer = new DemoProducer(clip, { clock, budget: { bytesMax: 1e8, bytesUsed: 0 } })
  const got: { readonly video: AccessUnit[]; readonly audio: AccessUnit[] } = { video: [], audio: [] }
  for (const media of producer.medias)
    producer.track(media)!.attach({ id: 1, push: unit => got[media.kind].push(unit) })
  return { clock, producer, got }
}

describe('the demo', () => {
  test('offers what its clip holds, each track once', () => {
    const { producer } = setUp()
    expect(producer.medias.map(media => [media.kind, media.direction, media.codecs[0]?.name])).toEqual([
      ['video', 'recvonly', 'H264'],
      ['audio', 'recvonly', 'MPEG4-GENERIC'],
    ])
    const [media] = producer.medias
    expect(producer.track(media!)).toBe(producer.track(media!))
    expect(producer.track({ ...media! })).toBeUndefined()
  })

  test('pushes nothing before it is started, then a picture at once', async () => {
    const { producer, got, clock } = setUp()
    await clock.advance(500)
    expect(got.video).toEqual([])
    await producer.start()
    expect(got.video.map(unit => unit.keyframe)).toEqual([true])
    producer.close()
  })

  test('plays in real time on the engine’s timeline', async () => {
    const { producer, got, clock } = setUp()
    await producer.start()
    await clock.advance(1000)
    expect(got.video).toHaveLength(11)
    expect(got.video[0]!.decodingTime).toBe(90_000)
    // The first frame of sound only primes the decoder; with the second the first picture is shown.
    const [picture] = got.video
    const shownAt = (picture!.decodingTime + picture!.compositionOffset) / 90_000
    expect(got.audio[1]!.decodingTime / 48_000).toBeCloseTo(shownAt, 3)
    expect(producer.info.bytesReceived).toBe([...got.video, ...got.audio].reduce((sum, one) => sum + one.sizeBytes, 0))
    producer.close()
  })

  test('goes round without a seam', async () => {
    const { producer, got, clock } = setUp()
    await producer.start()
    await clock.advance(7000)
    const steps = got.video.slice(1).map((unit, index) => unit.decodingTime - got.video[index]!.decodingTime)
    expect(got.video.length).toBeGreaterThan(60)
    expect(new Set(steps)).toEqual(new Set([9000]))
    expect(got.video[20]).toMatchObject({ keyframe: true })
    expect(got.video[20]!.configuration).toBe(got.video[0]!.configuration)
    expect(got.video[20]!.sample).toBe(got.video[0]!.sample)
    producer.close()
  })

  test('leaves out what a long stall has missed', async () => {
    const { producer, got, clock } = setUp()
    await producer.start()
    await clock.advance(100)
    const before = got.video.length
    clock.stall(60_000)
    await clock.advance(200)
    const after = got.video.slice(before)
    expect(after).toHaveLength(2)
    expect(after[0]!.decodingTime / 90_000).toBeGreaterThan(60)
    producer.close()
  })

  test('ends its timer and its tracks', async () => {
    const { producer, got, clock } = setUp()
    await producer.start()
    producer.close()
    const before = got.video.length
    await clock.advance(1000)
    expect([clock.timerCount, got.video.length]).toEqual([0, before])
    expect(await producer.closed).toMatchObject({ code: 'done' })
  })
})
