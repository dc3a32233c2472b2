import { describe, expect, test } from 'vitest'
import { asPackets } from '#media/codecs/adapt.ts'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { Codec } from '#media/core/codec.ts'
import { type AnyTrack, Track, type UnitTrack } from '#media/core/track.ts'
import { findBox } from '#media/formats/mp4/box-reader.ts'
import { mseViewer } from '#media/protocols/mp4/mse-viewer.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { readFragment } from '#test/helpers/fragments.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath, fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { RecordingSink } from '#test/helpers/recording-sink.ts'

const pictures = fixtureTrack('h264-slices.mp4', 'video')
const sound = fixtureTrack('h264-b-frames-aac.mp4', 'audio')
const START_SECONDS = 100

const makeTrack = (codec: Codec): UnitTrack =>
  new Track({ form: 'units', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })

const setUp = (tracks: readonly AnyTrack[], codecs = '') => {
  const sink = new RecordingSink()
  const clock = new HeldClock()
  const consumer = mseViewer({ codecs, sink, remoteAddress: '127.0.0.1:5', userAgent: 'test' })({ clock })
  for (const track of tracks) {
    const media = consumer.medias.find(one => one.kind === track.codec.kind)
    if (media !== undefined) consumer.attach(media, track)
  }
  return { sink, clock, consumer, fragments: () => sink.messages.flatMap(message => readFragment(message) ?? []) }
}

/** Both tracks' units in the order of time, as a source would push them. */
const play = (video: UnitTrack, audio: UnitTrack, pushUntilSeconds = Number.POSITIVE_INFINITY): void => {
  const all = [
    ...unitsOf(pictures, START_SECONDS * 90_000).map(unit => ({ unit, track: video, rate: 90_000 })),
    ...unitsOf(sound, START_SECONDS * 48_000).map(unit => ({ unit, track: audio, rate: 48_000 })),
  ].map(one => ({ ...one, at: one.unit.decodingTime / one.rate }))
  for (const { unit, track, at } of all.sort((one, other) => one.at - other.at))
    if (at < START_SECONDS + pushUntilSeconds) track.push(unit)
}

describe('an MSE viewer', () => {
  test('is told the type, then gets one initialization segment, then fragments that decode to the source', async () => {
    const [video, audio] = [makeTrack(pictures.codec), makeTrack(sound.codec)]
    const { sink, consumer } = setUp([audio, video])
    consumer.start()
    expect(sink.told).toEqual(['mse video/mp4; codecs="avc1.420029,mp4a.40.2"'])
    expect(findBox(sink.messages[0]!, 'moov')).toBeDefined()
    expect(findBox(sink.messages[0]!, 'ftyp')).toBeDefined()
    play(video, audio)
    const ours = await decodedHashes('video', sink.bytes)
    const theirs = await decodedHashes('video', fixturePath('h264-slices.mp4'))
    expect(ours.complaints).toEqual([])
    expect(ours.hashes).toEqual(theirs.hashes)
    const heard = await decodedHashes('audio', sink.bytes)
    expect(heard.complaints).toEqual([])
    expect(heard.hashes.length).toBeGreaterThan(90)
  })

  test('begins at 0 with the pictures since the last keyframe, and the sound from there', () => {
    const [video, audio] = [makeTrack(pictures.codec), makeTrack(sound.codec)]
    play(video, audio, 1.55)
    const { consumer, fragments } = setUp([video, audio])
    consumer.start()
    const got = fragments()
    expect(got.filter(one => one.trackId === 1).map(one => [one.decodeTime, one.keyframe])).toEqual([
      [0, true],
      [3600, false],
      [18_000, false],
      [27_000, false],
      [36_000, false],
      [45_000, false],
    ])
    const [firstSound] = got.filter(one => one.trackId === 2)
    expect(firstSound!.decodeTime).toBeGreaterThanOrEqual(0)
    expect(firstSound!.decodeTime).toBeLessThan(1024)
  })

  test('gets nothing of the sound before the first picture', () => {
    const [video, audio] = [makeTrack(pictures.codec), makeTrack(sound.codec)]
    const { consumer, fragments } = setUp([video, audio])
    consumer.start()
    for (const unit of unitsOf(sound, 1000)) audio.push(unit)
    expect(fragments()).toEqual([])
  })

  test('hears sound alone from now on', () => {
    const audio = makeTrack(sound.codec)
    const units = unitsOf(sound, 48_000)
    for (const unit of units.slice(0, 50)) audio.push(unit)
    const { sink, consumer, fragments } = setUp([audio], 'mp4a.40.2')
    consumer.start()
    expect(sink.told).toEqual(['mse video/mp4; codecs="mp4a.40.2"'])
    for (const unit of units.slice(50, 53)) audio.push(unit)
    expect(fragments().map(one => [one.trackId, one.decodeTime, one.duration])).toEqual([
      [1, 0, 1024],
      [1, 1024, 1024],
      [1, 2048, 1024],
    ])
  })

  test('of RTP packets without parameter sets in the description is told the type with the first keyframe', () => {
    const source = makeTrack({ ...pictures.codec, formatParameters: '' })
    const { sink, consumer, fragments } = setUp([asPackets(source)!])
    consumer.start()
    expect(sink.told).toEqual([])
    for (const unit of unitsOf(pictures).slice(0, 3)) source.push(unit)
    expect(sink.told).toEqual(['mse video/mp4; codecs="avc1.420029"'])
    expect(fragments()).toHaveLength(3)
  })

  test('gets a new initialization segment before the keyframe that needs it, and only then', () => {
    const other = fixtureTrack('h264-b-frames-aac.mp4', 'video')
    const video = makeTrack(pictures.codec)
    const { sink, consumer } = setUp([video])
    consumer.start()
    const [first, second] = unitsOf(pictures, 9_000_000)
    video.push(first!)
    // The same bytes in another array are no change.
    video.push(new AccessUnit({ ...second!, configuration: [...pictures.configuration], parts: second!.parts }))
    expect(sink.messages.map(message => findBox(message, 'moov') !== undefined)).toEqual([true, false, false])
    const [keyframe, next] = unitsOf(other, 9_100_000)
    video.push(keyframe!)
    video.push(next!)
    const kinds = sink.messages.slice(3).map(message => findBox(message, 'moov') !== undefined)
    expect(kinds).toEqual([true, false, false])
    expect(sink.told).toHaveLength(1)
  })

  test('that is slow misses pictures until a keyframe, without a hole in its time', () => {
    const video = makeTrack(pictures.codec)
    const { sink, consumer, fragments } = setUp([video])
    consumer.start()
    const units = unitsOf(pictures, 9_000_000)
    for (const unit of units.slice(0, 3)) video.push(unit)
    sink.pendingBytes = 2 * 1024 * 1024
    for (const unit of units.slice(3, 6)) video.push(unit)
    sink.pendingBytes = 0
    for (const unit of units.slice(6)) video.push(unit)
    const got = fragments()
    expect(got.map(one => one.keyframe).slice(0, 5)).toEqual([true, false, false, true, false])
    for (const [index, one] of got.entries())
      if (index > 0) expect(one.decodeTime).toBe(got[index - 1]!.decodeTime + got[index - 1]!.duration)
    expect(consumer.senders[0]).toMatchObject({ droppedCount: 7, sentCount: 13 })
  })

  test('that takes nothing for 10 s is let go', async () => {
    const video = makeTrack(pictures.codec)
    const { sink, clock, consumer } = setUp([video])
    consumer.start()
    const [first] = unitsOf(pictures)
    sink.pendingBytes = 2 * 1024 * 1024
    video.push(first!)
    await clock.advance(10_001)
    video.push(first!)
    expect(await consumer.closed).toMatchObject({ code: 'viewer_stuck' })
    expect([sink.ended, video.idle]).toEqual([true, true])
  })

  test('goes over to another source at its keyframe, and its time goes on', () => {
    const [before, after] = [makeTrack(pictures.codec), makeTrack(pictures.codec)]
    const { consumer, fragments } = setUp([before])
    consumer.start()
    const units = unitsOf(pictures, 9_000_000)
    const [media] = consumer.medias
    expect(consumer.accepts(media!, after.codec)).toBe(true)
    for (const unit of units.slice(0, 5)) before.push(unit)
    consumer.attach(media!, after)
    after.push(units[5]!)
    before.push(units[5]!)
    after.push(units[10]!)
    before.push(units[11]!)
    after.push(units[11]!)
    const got = fragments()
    expect(got.map(one => one.keyframe)).toEqual([true, false, false, false, false, false, true, false])
    expect([before.idle, after.idle]).toEqual([true, false])
    consumer.close()
    expect(after.idle).toBe(true)
  })

  test('cannot go on with another codec', () => {
    const video = makeTrack(pictures.codec)
    const { consumer } = setUp([video])
    const [media, other] = consumer.medias
    expect(consumer.accepts(media!, { ...pictures.codec, name: 'H265' })).toBe(false)
    expect(consumer.accepts(other!, sound.codec)).toBe(false)
  })

  test('is closed when its source’s parameter sets cannot be written', async () => {
    const video = makeTrack({ ...pictures.codec, formatParameters: '' })
    const { sink, consumer } = setUp([video])
    consumer.start()
    const broken = { keyframe: true, framing: 'nal', arrivedAt: millis(0), decodingTime: ticks(0) } as const
    video.push(
      new AccessUnit({ ...broken, parts: [Buffer.of(0x65)], configuration: [Buffer.of(0x67), Buffer.of(0x68)] }),
    )
    expect(await consumer.closed).toMatchObject({ code: 'malformed' })
    expect([sink.ended, video.idle, sink.messages.length]).toEqual([true, true, 0])
  })

  test('leaves nothing attached when it is closed, and hears nothing any more', async () => {
    const [video, audio] = [makeTrack(pictures.codec), makeTrack(sound.codec)]
    const { sink, consumer } = setUp([video, audio])
    consumer.start()
    consumer.close()
    consumer.close({ code: 'other', message: 'too late' })
    play(video, audio)
    expect(await consumer.closed).toMatchObject({ code: 'done' })
    expect([sink.ended, video.idle, audio.idle, sink.messages.length]).toEqual([true, true, true, 1])
  })

  test('tells of its connection what go2rtc tells', () => {
    const video = makeTrack(pictures.codec)
    const { sink, consumer } = setUp([video])
    consumer.start()
    for (const unit of unitsOf(pictures)) video.push(unit)
    expect(consumer.info).toMatchObject({
      formatName: 'mse/fmp4',
      protocol: 'ws',
      remoteAddress: '127.0.0.1:5',
      userAgent: 'test',
      bytesSent: sink.bytes.length,
    })
    expect(consumer.senders.map(sender => sender.codec)).toEqual([pictures.codec])
  })
})
