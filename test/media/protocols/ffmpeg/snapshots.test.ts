import { afterAll, afterEach, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { Consumer } from '#media/core/consumer.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { ffmpegTemplates } from '#media/protocols/ffmpeg/ffmpeg-templates.ts'
import { PictureDecoders } from '#media/protocols/ffmpeg/picture-decoders.ts'
import { type SnapshotRequest, Snapshots } from '#media/protocols/ffmpeg/snapshots.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { HeldClock, settled } from '#test/helpers/held-clock.ts'
import { ffmpegJpegs } from '#test/helpers/jpeg-files.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { realSpawner } from '#test/helpers/real-spawner.ts'

const spawner = realSpawner()
const held: Disposable[] = []
afterEach(() => {
  for (const one of held.splice(0)) one[Symbol.dispose]()
})
afterAll(() => spawner[Symbol.asyncDispose]())

const film = fixtureTrack('h264-slices.mp4', 'video')
const keyframeAt = (seconds: number) => unitsOf(film, seconds * film.codec.clockRate)[0]!

/** One stream called `porch` that a test feeds. */
const setUp = (codec: Codec = film.codec) => {
  const clock = new HeldClock()
  const decoders = new PictureDecoders({ spawner, clock })
  held.push(decoders)
  const track: UnitTrack = new Track({ form: 'units', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })
  const consumers: Consumer[] = []
  const streams = new Set(['porch'])
  const snapshots = new Snapshots({
    ...{ clock, decoders, templates: ffmpegTemplates(), hardware: { detect: async () => 'software' as const } },
    exists: id => streams.has(id),
    watch: async (_id, consumer) => {
      consumers.push(consumer)
      consumer.attach(consumer.medias[0]!, track)
      consumer.start()
    },
  })
  const take = (more: Partial<SnapshotRequest> = {}) =>
    snapshots.take('porch', {
      ...{ change: {}, remoteAddress: '', userAgent: '', signal: new AbortController().signal, ...more },
    })
  return { clock, decoders, track, consumers, streams, snapshots, take }
}

test('fifty who ask together share one viewer and one decode', async () => {
  const { track, take, decoders, consumers } = setUp()
  track.push(keyframeAt(1))
  const pictures = await Promise.all(Array.from({ length: 50 }, () => take()))
  expect(new Set(pictures.map(({ jpeg }) => jpeg)).size).toBe(1)
  expect([decoders.decodedCount, consumers.length]).toEqual([1, 1])
})

test('a keyframe is made a picture of once, in each form', async () => {
  const { track, take, decoders } = setUp()
  track.push(keyframeAt(1))
  const { jpeg } = await take()
  expect((await take()).jpeg).toBe(jpeg)
  expect(decoders.decodedCount).toBe(1)
  expect((await take({ change: { width: 32 } })).jpeg).not.toBe(jpeg)
  expect(decoders.decodedCount).toBe(2)
  track.push(keyframeAt(2))
  expect((await take()).jpeg).not.toBe(jpeg)
  expect(decoders.decodedCount).toBe(3)
})

test('who is content with an older picture gets it without a viewer, until it is too old', async () => {
  const { track, take, clock, consumers } = setUp()
  track.push(keyframeAt(1))
  const { jpeg } = await take()
  track.push(keyframeAt(2))
  await clock.advance(9999)
  expect((await take({ ageMsMax: 10_000 })).jpeg).toBe(jpeg)
  expect(consumers).toHaveLength(1)
  await clock.advance(1)
  expect((await take({ ageMsMax: 10_000 })).jpeg).not.toBe(jpeg)
})

test('what is forgotten is made again', async () => {
  const { track, take, snapshots, decoders, streams } = setUp()
  track.push(keyframeAt(1))
  await take()
  snapshots.forget('porch')
  expect(decoders.size).toBe(0)
  await take({ ageMsMax: 10_000 })
  expect(decoders.decodedCount).toBe(2)
  streams.delete('porch')
  await take({ change: { width: 32 } })
  streams.add('porch')
  await take({ ageMsMax: 10_000 })
  expect(decoders.decodedCount).toBe(4)
})

test('a camera’s JPEG passes as it is, whatever size is asked for', async () => {
  const [file = Buffer.alloc(0)] = await ffmpegJpegs({})
  const { track, take, decoders } = setUp({ ...film.codec, name: 'JPEG', formatParameters: '' })
  track.push(frameUnit(file))
  expect((await take({ change: { width: 32 } })).jpeg).toEqual(file)
  expect(decoders.size).toBe(0)
})

test('where no keyframe comes, it is told after a while', async () => {
  const { take, clock, track } = setUp()
  const refused = expect(take()).rejects.toMatchObject({ code: 'no_keyframe', message: 'no keyframe came in 15 s' })
  await clock.advance(15_000)
  await refused
  expect(track.idle).toBe(true)
})

test('who leaves is not waited for, and the last one takes the viewer along', async () => {
  const { take, consumers, track } = setUp()
  const [one, other] = [new AbortController(), new AbortController()]
  const first = expect(take({ signal: one.signal })).rejects.toMatchObject({ code: 'closed' })
  const second = expect(take({ signal: other.signal })).rejects.toMatchObject({ code: 'closed' })
  await settled()
  one.abort()
  await first
  expect(track.idle).toBe(false)
  other.abort()
  await second
  await settled()
  expect([track.idle, consumers.length]).toEqual([true, 1])
  const again = take()
  await settled()
  track.push(keyframeAt(1))
  expect((await again).jpeg.length).toBeGreaterThan(100)
})
