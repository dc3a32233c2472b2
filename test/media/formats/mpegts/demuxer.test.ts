import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeCodec } from '#media/codecs/describe.ts'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { MpegTsDemuxer } from '#media/formats/mpegts/demuxer.ts'
import { contents, demux, expectRobust, pictures, print, times } from '#test/helpers/demuxing.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'
import { TransportStream } from '#test/helpers/transport-stream.ts'

const make: DemuxerFactory = into => new MpegTsDemuxer(into)
const film = readFileSync(fixturePath('h264-b-frames-aac.mpegts'))

const startCode = '00000001'
const [sps, pps] = ['6742c00dda05825b011000000300100000030320f142aa', '68ce0fc8']
const nals = (...parts: readonly string[]): Buffer => Buffer.from(parts.map(part => startCode + part).join(''), 'hex')
const keyframe = nals('09f0', sps, pps, '6588aabb')
const picture = (byte: string): Buffer => nals('09f0', `4188${byte}`)
const VIDEO = 0x100
const AUDIO = 0x101
const h264 = { pid: VIDEO, type: 0x1b }

describe('the MPEG-TS demuxer', () => {
  test('finds the pictures and frames that the film was made of, in pieces of any size', () => {
    const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
    const audio = fixtureTrack('h264-b-frames-aac.mp4', 'audio')
    for (const pieceBytes of [1, 100, 188, 1000, 65_536]) {
      const demuxed = demux(make, film, pieceBytes)
      expect(demuxed.codecs.map(describeCodec)).toEqual(['H264 High 160×120', 'AAC 48 kHz stereo'])
      const [pictureUnits, frames] = [0, 1].map(track => demuxed.units.filter(unit => unit.track === track))
      expect(pictures(pictureUnits!, 'H264')).toEqual(pictures(video.samples, 'H264'))
      expect(frames!.map(({ parts }) => parts.map(print))).toEqual(audio.samples.map(({ parts }) => parts.map(print)))
    }
  })

  test('reads the times that ffprobe reads', async () => {
    const demuxed = demux(make, film)
    const { output } = await runProgram('ffprobe', [
      ...['-select_streams', 'v:0', '-show_entries', 'packet=pts,dts,flags', '-of', 'csv=p=0'],
      fixturePath('h264-b-frames-aac.mpegts'),
    ])
    const probed = output
      .split('\n')
      .filter(line => /^\d/.test(line))
      .map(line => line.split(','))
    const video = demuxed.units.filter(unit => unit.track === 0)
    expect(video.map(unit => unit.decodingTime! + unit.compositionOffset)).toEqual(probed.map(([pts]) => Number(pts)))
    expect(video.map(unit => unit.decodingTime)).toEqual(probed.map(([, dts]) => Number(dts)))
    expect(video.map(unit => unit.keyframe)).toEqual(probed.map(([, , flags]) => flags!.startsWith('K')))
  })

  test('gives sound its times by the lengths of its frames', () => {
    const audio = times(demux(make, film), 1) as number[]
    const steps = new Set(audio.slice(1).map((time, index) => time - audio[index]!))
    // PES packets tell their times at 90 kHz: they are a tick off at most.
    expect([...steps].every(step => Math.abs(step - 1024) <= 1)).toBe(true)
  })

  test('reads H.265 and Opus', () => {
    const demuxed = demux(make, readFileSync(fixturePath('h265-opus.mpegts')))
    expect(demuxed.codecs.map(describeCodec)).toEqual(['H265 Main 160×120', 'Opus 48 kHz stereo'])
    const video = fixtureTrack('h265.mp4', 'video')
    expect(
      pictures(
        demuxed.units.filter(unit => unit.track === 0),
        'H265',
      ),
    ).toEqual(pictures(video.samples, 'H265'))
    const audio = fixtureTrack('opus.mp4', 'audio').samples.map(({ parts }) => parts.map(print).join(' '))
    expect(contents(demuxed, 1)).toEqual(audio)
    expect((times(demuxed, 1)[1] ?? 0) - (times(demuxed, 1)[0] ?? 0)).toBeCloseTo(960, -1)
  })

  test('reads MPEG audio', () => {
    const demuxed = demux(make, readFileSync(fixturePath('mp2.mpegts')))
    expect(demuxed.codecs).toEqual([
      { kind: 'audio', name: 'MPA', clockRate: 90_000, channels: 0, formatParameters: '' },
    ])
    const all = times(demuxed) as number[]
    expect(all[1]! - all[0]!).toBe(2160)
    expect(demuxed.units.every(({ parts }) => parts[0]!.length === 192)).toBe(true)
  })

  test.each([
    { name: 'PCMA', type: 0x90 },
    { name: 'PCMU', type: 0x91 },
  ])('reads $name of cameras that have a stream type for it', ({ name, type }) => {
    const stream = new TransportStream().tables([{ pid: AUDIO, type }])
    stream.pes(AUDIO, Buffer.alloc(320, 1), { pts: 90_000 }).pes(AUDIO, Buffer.alloc(320, 2), { pts: 93_600 })
    const demuxed = demux(make, stream.bytes, 500)
    expect(demuxed.codecs).toEqual([{ kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '' }])
    expect(times(demuxed)).toEqual([8000, 8320])
  })

  test('leaves out what it does not know', () => {
    const stream = new TransportStream().tables([h264, { pid: AUDIO, type: 0x11 }, { pid: 0x102, type: 6 }])
    stream.pes(VIDEO, keyframe, { pts: 0 }).pes(AUDIO, Buffer.alloc(10), { pts: 0 })
    expect(demux(make, stream.bytes).codecs.map(codec => codec.name)).toEqual(['H264'])
  })

  test('a missing packet costs its picture, and nothing else', () => {
    const stream = new TransportStream().tables([h264]).pes(VIDEO, keyframe, { pts: 0, unbounded: true })
    const lost = stream.packets.length + 1
    stream.pes(VIDEO, nals('09f0', `4188${'bb'.repeat(800)}`), { pts: 3600, unbounded: true })
    for (const index of [2, 3]) stream.pes(VIDEO, picture(`0${index}`), { pts: index * 3600, unbounded: true })
    stream.packets.splice(lost, 1)
    const demuxed = demux(make, stream.bytes)
    expect(contents(demuxed)).toEqual(['6588aabb', '418802', '418803'])
    expect(times(demuxed)).toEqual([0, 7200, 10_800])
  })

  test('a packet that comes twice is read once', () => {
    const stream = new TransportStream()
      .tables([h264])
      .pes(VIDEO, keyframe, { pts: 0 })
      .pes(VIDEO, picture('01'), { pts: 1 })
    expect(contents(demux(make, Buffer.concat(stream.packets.flatMap(packet => [packet, packet]))))).toEqual([
      '6588aabb',
      '418801',
    ])
  })

  test('a picture may take several PES packets, and share one with the next', () => {
    const stream = new TransportStream().tables([h264])
    stream.pes(VIDEO, nals('09f0', sps), { pts: 0 }).pes(VIDEO, nals(pps), { pts: 0 })
    stream.pes(VIDEO, nals('6588aabb'), { pts: 0 })
    // The next two come as broadcasters send them: in pieces that begin anywhere.
    const two = Buffer.concat([picture('bbbb'), picture('cccc'), nals('09f0')])
    stream.pes(VIDEO, two.subarray(0, 14), { pts: 3600, unbounded: true })
    stream.pes(VIDEO, two.subarray(14), { pts: 7200, unbounded: true })
    const demuxed = demux(make, stream.bytes)
    expect(contents(demuxed)).toEqual(['6588aabb', '4188bbbb', '4188cccc'])
    expect(times(demuxed)).toEqual([0, 3600, 7200])
  })

  test('times go on where their 33 bits are used up', () => {
    const stream = new TransportStream().tables([h264])
    const wrap = 2 ** 33
    stream.pes(VIDEO, keyframe, { pts: wrap - 1800, dts: wrap - 3600 })
    stream.pes(VIDEO, picture('01'), { pts: 3600, dts: 0 })
    const demuxed = demux(make, stream.bytes)
    expect(times(demuxed)).toEqual([wrap - 3600, wrap])
    expect(demuxed.units.map(unit => unit.compositionOffset)).toEqual([1800, 3600])
  })

  test('goes on with streams that move to other PIDs', () => {
    const one = new TransportStream().tables([h264]).pes(VIDEO, keyframe, { pts: 0 })
    const other = new TransportStream().tables([{ pid: 0x200, type: 0x1b }]).pes(0x200, picture('01'), { pts: 3600 })
    expect(contents(demux(make, Buffer.concat([one.bytes, other.bytes])))).toEqual(['6588aabb', '418801'])
  })

  test('does not read tables whose checksum is wrong', () => {
    const stream = new TransportStream().tables([h264]).pes(VIDEO, keyframe, { pts: 0 })
    stream.packets[1]![30]! ^= 1
    stream.packets[1]![20]! ^= 1
    expect(demux(make, stream.bytes).codecs).toEqual([])
  })

  test('finds packets again after garbage', () => {
    const stream = new TransportStream().tables([h264]).pes(VIDEO, keyframe, { pts: 0 })
    const garbage = Buffer.alloc(300, 0x48)
    expect(contents(demux(make, Buffer.concat([garbage, stream.bytes]), 77))).toEqual(['6588aabb'])
    expect(() => demux(make, Buffer.alloc(1024 * 1024 + 500, 1), 65_536)).toThrow('no MPEG-TS packets any more')
  })

  test('any bytes are read or refused', () => expectRobust(make, film, 60))
})
