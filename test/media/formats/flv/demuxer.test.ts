import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeCodec } from '#media/codecs/describe.ts'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { FlvDemuxer } from '#media/formats/flv/demuxer.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { contents, demux, expectRobust, pictures, print, times } from '#test/helpers/demuxing.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { avcRecord, flvHeader, flvTag, hevcTags } from '#test/helpers/flv.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'

const make: DemuxerFactory = into => new FlvDemuxer(into)
const film = readFileSync(fixturePath('h264-b-frames-aac.flv'))

const [AUDIO, VIDEO] = [8, 9]
const record = avcRecord(
  Buffer.from('6742c00dda05825b011000000300100000030320f142aa', 'hex'),
  Buffer.from('68ce0fc8', 'hex'),
)
const avcConfig = flvTag(VIDEO, 0, Buffer.concat([Buffer.from('1700000000', 'hex'), record]))
const keyframe = (ms: number): Buffer => flvTag(VIDEO, ms, '1701000000 00000004 6588aabb')
const picture = (ms: number, byte = 'bb'): Buffer => flvTag(VIDEO, ms, `2701000028 00000004 4188aa${byte}`)
const aacConfig = flvTag(AUDIO, 0, 'af00 1190')
const aacFrame = (ms: number): Buffer => flvTag(AUDIO, ms, 'af01 aabb')

describe('the FLV demuxer', () => {
  test('finds the pictures and frames that the film was made of, in pieces of any size', () => {
    const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
    const audio = fixtureTrack('h264-b-frames-aac.mp4', 'audio')
    for (const pieceBytes of [1, 100, 1000, 65_536]) {
      const demuxed = demux(make, film, pieceBytes)
      expect(demuxed.codecs.map(describeCodec)).toEqual(['H264 High 160×120', 'AAC 48 kHz stereo'])
      const [pictureUnits, frames] = [0, 1].map(track => demuxed.units.filter(unit => unit.track === track))
      expect(pictures(pictureUnits!, 'H264')).toEqual(pictures(video.samples, 'H264'))
      expect(frames!.map(({ parts }) => parts.map(print))).toEqual(audio.samples.map(({ parts }) => parts.map(print)))
      expect(new Set(pictureUnits!.map(unit => unit.configuration)).size).toBe(1)
    }
  })

  test('reads the times that ffprobe reads', async () => {
    const path = fixturePath('h264-b-frames-aac.flv')
    const { output } = await runProgram('ffprobe', [
      ...['-select_streams', 'v:0', '-show_entries', 'packet=pts,dts', '-of', 'csv=p=0', path],
    ])
    const probed = output
      .split('\n')
      .filter(line => line !== '')
      .map(line => line.split(',').slice(0, 2).map(Number))
    const video = demux(make, film).units.filter(unit => unit.track === 0)
    const found = video.map(unit => [(unit.decodingTime! + unit.compositionOffset) / 90, unit.decodingTime! / 90])
    expect(found).toEqual(probed)
  })

  test('puts frames of sound one behind the other, whatever whole milliseconds say', () => {
    const audio = times(demux(make, film), 1) as number[]
    expect(audio.slice(1).map((time, index) => time - audio[index]!)).toEqual(audio.slice(1).map(() => 1024))
    const gap = Buffer.concat([flvHeader(4), aacConfig, aacFrame(0), aacFrame(21), aacFrame(64)])
    expect(times(demux(make, gap))).toEqual([0, 1024, 3072])
  })

  test.each([
    { name: 'CodecID 12', heads: { configuration: '1c00000000', picture: '1c01000000' } },
    { name: 'hvc1 with composition times', heads: { configuration: '9068766331', picture: '9168766331000000' } },
    { name: 'hvc1 without', heads: { configuration: '9068766331', picture: '9368766331' } },
  ])('reads H.265 as $name', ({ heads }) => {
    const track = fixtureTrack('h265.mp4', 'video')
    const demuxed = demux(make, Buffer.concat([flvHeader(1), hevcTags(track, heads)]))
    expect(demuxed.codecs.map(describeCodec)).toEqual(['H265 Main 160×120'])
    expect(pictures(demuxed.units, 'H265')).toEqual(pictures(track.samples, 'H265'))
  })

  test.each([
    { name: 'PCMA', format: '72' },
    { name: 'PCMU', format: '82' },
  ])('reads $name', ({ name, format }) => {
    const bytes = Buffer.concat([flvHeader(4), flvTag(AUDIO, 0, `${format}0102`), flvTag(AUDIO, 20, `${format}0304`)])
    const demuxed = demux(make, bytes)
    expect(demuxed.codecs).toEqual([{ kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '' }])
    expect([contents(demuxed), times(demuxed)]).toEqual([
      ['0102', '0304'],
      [0, 160],
    ])
  })

  test('carries composition times', () => {
    const { units } = demux(make, Buffer.concat([flvHeader(1), avcConfig, keyframe(0), picture(40)]))
    expect(units.map(unit => [unit.decodingTime, unit.compositionOffset])).toEqual([
      [0, 0],
      [3600, 3600],
    ])
  })

  test('a picture that is damaged costs itself only', () => {
    const damaged = flvTag(VIDEO, 40, '2701000000 000000ff 4188aabb')
    const bytes = Buffer.concat([flvHeader(1), avcConfig, keyframe(0), damaged, picture(80)])
    expect(contents(demux(make, bytes))).toEqual(['6588aabb', '4188aabb'])
  })

  test('a tag that is too large is passed over', () => {
    const large = flvTag(VIDEO, 40, Buffer.alloc(5 * 1024 * 1024 + 1025))
    const bytes = Buffer.concat([flvHeader(1), avcConfig, keyframe(0), large, picture(80)])
    expect(contents(demux(make, bytes, 100_000))).toEqual(['6588aabb', '4188aabb'])
  })

  test('is refused where it is no FLV, or stops being one', () => {
    expect(() => demux(make, Buffer.from('FLW\x01\x05\0\0\0\x09'))).toThrow(MalformedError)
    expect(() => demux(make, Buffer.concat([flvHeader(1), flvTag(3, 0, '00')]))).toThrow(MalformedError)
  })

  test('any bytes are read or refused', () => expectRobust(make, film, 100))
})

/** After how many tags the tracks are told, and what they are. */
const decided = (flags: number, tags: readonly Buffer[]): readonly [number, string] => {
  const found: string[][] = []
  const demuxer = make({ tracks: codecs => found.push(codecs.map(codec => codec.name)), unit() {} })
  demuxer.push(flvHeader(flags))
  let count = 0
  while (found.length === 0 && count < tags.length) demuxer.push(tags[count++]!)
  return [count, found[0]?.join(' ') ?? '']
}

describe('what flows in FLV', () => {
  const pictureTags = Array.from({ length: 40 }, (_, index) => picture(40 * (index + 1)))
  test.each([
    { name: 'is as promised', flags: 1, tags: [avcConfig], expected: [1, 'H264'] },
    {
      name: 'waits for both that are promised',
      flags: 5,
      tags: [avcConfig, keyframe(0), aacConfig],
      expected: [3, 'H264 MPEG4-GENERIC'],
    },
    {
      name: 'is what comes where nothing is promised (Reolink)',
      flags: 0,
      tags: [avcConfig, aacConfig],
      expected: [2, 'H264 MPEG4-GENERIC'],
    },
    {
      name: 'is decided after a second where the other is only promised',
      flags: 5,
      tags: [avcConfig, ...pictureTags],
      expected: [27, 'H264'],
    },
    { name: 'is more than was promised', flags: 4, tags: [avcConfig, aacConfig], expected: [2, 'H264 MPEG4-GENERIC'] },
  ])('$name', ({ flags, tags, expected }) => {
    expect(decided(flags, tags)).toEqual(expected)
  })

  test('is not what it has no codec for', () => {
    const mp3 = flvTag(AUDIO, 0, '2f aabb')
    expect(decided(1, [mp3, avcConfig])).toEqual([2, 'H264'])
  })
})
