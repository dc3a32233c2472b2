import { describe, expect, test } from 'vitest'
import type { ViewerMaker } from '#media/core/consumer.ts'
import { Track, type UnitTrack } from '#media/core/track.ts'
import { findBox } from '#media/formats/mp4/box-reader.ts'
import type { DemuxedTrack } from '#media/formats/mp4/demuxer.ts'
import type { MuxedConsumer } from '#media/output/muxed-consumer.ts'
import { type Mp4Request, mp4FrameViewer, mp4Viewer } from '#media/protocols/mp4/mp4-viewer.ts'
import { decodedHashes, runProgram } from '#test/helpers/ffmpeg.ts'
import { HeldClock } from '#test/helpers/held-clock.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'
import { RecordingSink } from '#test/helpers/recording-sink.ts'

const pictures = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const sound = fixtureTrack('h264-b-frames-aac.mp4', 'audio')

const trackOf = ({ codec }: DemuxedTrack): UnitTrack =>
  new Track({ form: 'units', codec, budget: { bytesMax: 1e8, bytesUsed: 0 } })

const watch = (make: (request: Mp4Request) => ViewerMaker<MuxedConsumer>, query: string) => {
  const [sink, told] = [new RecordingSink(), [] as string[]]
  const request = {
    query,
    sink,
    remoteAddress: '10.0.0.1:5',
    userAgent: 'test',
    opened: (type: string) => told.push(type),
  }
  const viewer = make(request)({ clock: new HeldClock() })
  const tracks = { video: trackOf(pictures), audio: trackOf(sound) }
  for (const media of viewer.medias) viewer.attach(media, tracks[media.kind])
  const play = (): void => {
    const all = [
      ...unitsOf(pictures, 900_000).map(unit => ({ unit, track: tracks.video, at: unit.decodingTime / 90_000 })),
      ...unitsOf(sound, 480_000).map(unit => ({ unit, track: tracks.audio, at: unit.decodingTime / 48_000 })),
    ]
    for (const { unit, track } of all.sort((one, next) => one.at - next.at)) track.push(unit)
  }
  return { sink, told, viewer, tracks, play }
}

describe('a viewer of MP4', () => {
  test('is told the type before the first byte, and gets a file that decodes', async () => {
    const { sink, told, viewer, play } = watch(mp4Viewer, '')
    viewer.start()
    expect(told).toEqual([expect.stringMatching(/^video\/mp4; codecs="avc1\.[0-9A-F]{6},mp4a\.40\.2"$/)])
    play()
    const { hashes, complaints } = await decodedHashes('video', sink.bytes)
    expect(complaints).toEqual([])
    expect(hashes).toHaveLength(pictures.samples.length)
    expect(viewer.info).toMatchObject({ formatName: 'mp4', protocol: 'http', bytesSent: sink.bytes.length })
  })

  test('ends after the seconds of media it asked for', async () => {
    const { sink, viewer, play, tracks } = watch(mp4Viewer, 'duration=1')
    viewer.start()
    play()
    expect(await viewer.closed).toMatchObject({ code: 'done' })
    expect([sink.ended, tracks.video.idle, tracks.audio.idle]).toEqual([true, true, true])
    const { output } = await runProgram(
      'ffprobe',
      ['-show_entries', 'format=duration', '-of', 'csv=p=0', '-'],
      sink.bytes,
    )
    expect(Number(output)).toBeCloseTo(1, 0)
  })

  test.each(['duration=0', 'duration=-1', 'duration=x'])('%s is no limit', query => {
    const { sink, viewer, play } = watch(mp4Viewer, query)
    viewer.start()
    play()
    expect(sink.ended).toBe(false)
  })

  test('has its pictures turned and stretched by what the file says of them', async () => {
    const { sink, viewer, play } = watch(mp4Viewer, 'video=h264&rotate=90&scale=4:3')
    viewer.start()
    play()
    const { output } = await runProgram('ffprobe', ['-show_streams', '-'], sink.bytes)
    expect(output).toMatch(/rotation=-90/)
    expect(output).toMatch(/sample_aspect_ratio=4:3/)
  })

  test.each(['rotate=45', 'scale=0:1', 'scale=4', 'scale=70000:1'])('%s changes nothing', query => {
    const { sink, viewer } = watch(mp4Viewer, `video=h264&${query}`)
    viewer.start()
    expect(sink.bytes.includes('pasp')).toBe(false)
    expect(findBox(sink.bytes, 'moov', 'trak', 'tkhd')!.readUInt32BE(40)).toBe(0x10000)
  })
})

describe('a viewer of one frame', () => {
  test('gets the newest keyframe, whole, and ends', async () => {
    const { sink, told, viewer, tracks, play } = watch(mp4FrameViewer, '')
    play()
    viewer.start()
    expect(await viewer.closed).toMatchObject({ code: 'done' })
    expect([told.length, sink.messages.length, tracks.video.idle]).toEqual([1, 1, true])
    expect((await decodedHashes('video', sink.bytes)).hashes).toHaveLength(1)
  })

  test('waits for one where there is none yet', async () => {
    const { sink, viewer, play } = watch(mp4FrameViewer, '')
    viewer.start()
    expect(sink.messages).toEqual([])
    play()
    expect(sink.messages).toHaveLength(1)
  })
})
