import { describe, expect, test } from 'vitest'
import { HlsConsumer } from '#media/protocols/hls/hls-consumer.ts'
import { type HlsFormat, hlsWish } from '#media/protocols/hls/hls-request.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixtureTracks } from '#test/helpers/fixture-tracks.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'

const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const audio = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

const setUp = (format: HlsFormat, tracks: ReturnType<typeof fixtureTracks>['tracks'], bytesMax = 1e9) => {
  const budget = { bytesMax, bytesUsed: 0 }
  const wish = hlsWish(format === 'fmp4' ? 'mp4' : '')
  const clock = new HeldClock()
  const consumer = new HlsConsumer({ wish, budget, clock, remoteAddress: '127.0.0.1:5', userAgent: 'test' })
  for (const track of tracks) consumer.attach(consumer.medias.find(({ kind }) => kind === track.codec.kind)!, track)
  consumer.start()
  return { consumer, budget }
}

/** Everything that is complete, as a player would string it together. */
const played = ({ store }: HlsConsumer): Buffer =>
  Buffer.concat([store.map(0)!, ...store.listed.flatMap(({ parts }) => parts.map(({ bytes }) => bytes))])

describe('an HLS consumer', () => {
  test.each(['fmp4', 'mpegts'] as const)('keeps segments of %s that decode to the source', async format => {
    const source = fixtureTracks(video, audio)
    const { consumer } = setUp(format, source.tracks)
    source.play(100)
    source.play(200)
    const { hashes, complaints } = await decodedHashes('video', played(consumer))
    expect(complaints).toEqual([])
    const original = (await decodedHashes('video', fixturePath('h264-b-frames-aac.mp4'))).hashes
    expect(hashes.length).toBeGreaterThan(original.length / 2)
    expect(hashes.slice(0, original.length)).toEqual(original.slice(0, hashes.length))
    expect((await decodedHashes('audio', played(consumer))).complaints).toEqual([])
    expect(consumer.info.formatName).toBe(`hls/${format}`)
    expect(consumer.description.codecs).toEqual([expect.stringMatching(/^avc1\.64/), 'mp4a.40.2'])
    expect(consumer.senders).toHaveLength(2)
  })

  test('begins another initialization when its source comes back as another', () => {
    const [first, second] = [fixtureTracks(video), fixtureTracks(fixtureTrack('h264-slices.mp4', 'video'))]
    const { consumer } = setUp('fmp4', first.tracks)
    first.play(100)
    expect(consumer.accepts(consumer.medias[0]!, second.tracks[0]!.codec)).toBe(true)
    consumer.attach(consumer.medias[0]!, second.tracks[0]!)
    second.play(200)
    second.play(300)
    const changes = consumer.store.listed.filter(({ discontinuity }) => discontinuity)
    expect(changes.map(({ map }) => map)).toEqual([1])
    expect(consumer.store.map(1)?.equals(consumer.store.map(0)!)).toBe(false)
  })

  test('plays sound alone', () => {
    const source = fixtureTracks(audio)
    const { consumer } = setUp('mpegts', source.tracks)
    source.play(100)
    source.play(200)
    expect(consumer.store.listed.length).toBeGreaterThan(1)
    expect(consumer.description.codecs).toEqual(['mp4a.40.2'])
  })

  test('gives everything back at its end, and ends when there is no memory left', async () => {
    const source = fixtureTracks(video)
    const { consumer, budget } = setUp('fmp4', source.tracks)
    source.play(100)
    expect(budget.bytesUsed).toBeGreaterThan(0)
    consumer.close()
    source.play(200)
    expect([budget.bytesUsed, source.tracks[0]!.idle]).toEqual([0, true])
    const poor = setUp('fmp4', source.tracks, 100)
    source.play(300)
    expect(await poor.consumer.closed).toMatchObject({ code: 'segments_full' })
  })
})
