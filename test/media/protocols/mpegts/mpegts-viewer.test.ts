import { describe, expect, test } from 'vitest'
import { AccessUnit } from '#media/core/access-unit.ts'
import type { AnyTrack } from '#media/core/track.ts'
import { MpegTsDemuxer } from '#media/formats/mpegts/demuxer.ts'
import { mpegTsViewer } from '#media/protocols/mpegts/mpegts-viewer.ts'
import { millis, ticks } from '#media/runtime/units.ts'
import { demux, pictures } from '#test/helpers/demuxing.ts'
import { decodedHashes } from '#test/helpers/ffmpeg.ts'
import { fixtureTracks, unitTrack } from '#test/helpers/fixture-tracks.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'
import { RecordingSink } from '#test/helpers/recording-sink.ts'

const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const audio = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

const setUp = (tracks: readonly AnyTrack[]) => {
  const sink = new RecordingSink()
  const viewer = mpegTsViewer({ sink, protocol: 'http', remoteAddress: '127.0.0.1:5', userAgent: 'test', opened() {} })(
    { clock: new HeldClock() },
  )
  for (const track of tracks) viewer.attach(viewer.medias.find(({ kind }) => kind === track.codec.kind)!, track)
  return { sink, viewer, demuxed: () => demux(into => new MpegTsDemuxer(into), sink.bytes) }
}

describe('a viewer of MPEG-TS', () => {
  test('gets pictures and sound that decode to the source, without a word from ffmpeg', async () => {
    const source = fixtureTracks(video, audio)
    const { sink, viewer } = setUp([...source.tracks].reverse())
    viewer.start()
    source.play(100)
    const ours = await decodedHashes('video', sink.bytes)
    expect(ours.complaints).toEqual([])
    expect(ours.hashes).toEqual((await decodedHashes('video', fixturePath('h264-b-frames-aac.mp4'))).hashes)
    const heard = await decodedHashes('audio', sink.bytes)
    expect(heard.complaints).toEqual([])
    expect(heard.hashes.length).toBeGreaterThan(50)
    expect(viewer.info).toMatchObject({ formatName: 'mpegts', bytesSent: sink.bytes.length })
  })

  test('begins with the pictures since the last keyframe, at one second', () => {
    const source = fixtureTracks(video)
    source.play(100)
    const { viewer, demuxed } = setUp(source.tracks)
    viewer.start()
    const lastKeyframe = video.samples.findLastIndex(sample => sample.keyframe)
    const { units } = demuxed()
    expect(pictures(units, 'H264')).toEqual(pictures(video.samples.slice(lastKeyframe), 'H264'))
    expect(units[0]!.decodingTime).toBe(90_000)
  })

  test('goes on over a second source without its time going back', () => {
    const [first, second] = [fixtureTracks(video), fixtureTracks(video)]
    const { viewer, demuxed } = setUp(first.tracks)
    viewer.start()
    first.play(100)
    viewer.attach(viewer.medias[0]!, second.tracks[0]!)
    second.play(200)
    const times = demuxed().units.map(unit => unit.decodingTime!)
    expect(times).toHaveLength(2 * video.samples.length)
    expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true)
  })

  test('asks for what go2rtc asks for', () => {
    const { viewer } = setUp([])
    expect(viewer.medias.map(({ kind, codecs }) => [kind, codecs.map(({ name }) => name)])).toEqual([
      ['video', ['H264', 'H265']],
      ['audio', ['MPEG4-GENERIC']],
    ])
  })

  test('ends its sink, and takes nothing after its end', async () => {
    const source = fixtureTracks(video)
    const { sink, viewer } = setUp(source.tracks)
    viewer.start()
    viewer.close()
    source.play(100)
    expect([sink.ended, sink.messages.length, source.tracks[0]!.idle]).toEqual([true, 0, true])
    expect(await viewer.closed).toMatchObject({ code: 'done' })
  })

  test('ends with its sound when that cannot be read, and with nothing else', async () => {
    const track = unitTrack(audio.codec)
    const { viewer } = setUp([track])
    viewer.start()
    track.push(
      new AccessUnit({
        ...{ keyframe: true, decodingTime: ticks(0), framing: 'frame', parts: [Buffer.alloc(5)] },
        ...{ configuration: [Buffer.alloc(0)], arrivedAt: millis(0) },
      }),
    )
    expect(await viewer.closed).toMatchObject({ code: 'malformed' })
  })
})
