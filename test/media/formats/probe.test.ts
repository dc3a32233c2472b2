import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ProbingDemuxer, UnknownFormatError } from '#media/formats/probe.ts'
import { demux, expectRobust } from '#test/helpers/demuxing.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const make = (into: ConstructorParameters<typeof ProbingDemuxer>[0]) => new ProbingDemuxer(into)

describe('the detector', () => {
  test.each([
    { file: 'h264-b-frames.h264', formatName: 'h264', codecs: ['H264'] },
    { file: 'h265.h265', formatName: 'hevc', codecs: ['H265'] },
    { file: 'pcm_s16le.wav', formatName: 'wav', codecs: ['PCML'] },
    { file: 'small.y4m', formatName: 'yuv4mpegpipe', codecs: ['RAW'] },
    { file: 'jpeg.mjpeg', formatName: 'mjpeg', codecs: ['JPEG'] },
    { file: 'aac.adts', formatName: 'adts', codecs: ['MPEG4-GENERIC'] },
    { file: 'jpeg.mpjpeg', formatName: 'mpjpeg', codecs: ['JPEG'] },
    { file: 'h264-b-frames-aac.flv', formatName: 'flv', codecs: ['H264', 'MPEG4-GENERIC'] },
    { file: 'h264-b-frames-aac.mpegts', formatName: 'mpegts', codecs: ['H264', 'MPEG4-GENERIC'] },
  ])('knows $file as $formatName, however little comes first', ({ file, formatName, codecs }) => {
    const bytes = readFileSync(fixturePath(file))
    for (const pieceBytes of [1, 3, 1000]) {
      const demuxed = demux(make, bytes, pieceBytes)
      expect(demuxed.formatName).toBe(formatName)
      expect(demuxed.codecs.map(codec => codec.name)).toEqual(codecs)
      expect(demuxed.units.length).toBeGreaterThan(2)
    }
  })

  test('finds a JPEG that begins after something else', () => {
    // ffmpeg's begin with an application's segment.
    const image = Buffer.from('ffd8ffdb0003aaffda0003bb01ffd9', 'hex')
    const late = Buffer.concat([Buffer.alloc(3000, 0x20), image])
    for (const pieceBytes of [1, 2999, 3002, late.length]) expect(demux(make, late, pieceBytes).units).toHaveLength(1)
    expect(() => demux(make, Buffer.concat([Buffer.alloc(5000, 0x20), image]), 4096)).toThrow(UnknownFormatError)
  })

  test('refuses what begins like nothing it knows, in go2rtc’s words', () => {
    const head = Buffer.concat([Buffer.from('3c68746d6c3e', 'hex'), Buffer.alloc(4096)])
    expect(() => demux(make, head)).toThrow(new UnknownFormatError(Buffer.from('3c68746d', 'hex')))
    expect(new UnknownFormatError(head).message).toBe('magic: unsupported header: 3c68746d')
  })

  test('refuses what ends, or takes too long, before it is known', () => {
    expect(() => demux(make, Buffer.of(0, 0))).toThrow('magic: unsupported header: 0000')
    expect(() => demux(make, Buffer.alloc(0))).toThrow('magic: there are no bytes to look at')
    expect(() => make({ tracks() {}, unit() {} }).settle()).toThrow(UnknownFormatError)
  })

  test('any bytes are read or refused', () => expectRobust(make, readFileSync(fixturePath('h265.h265')), 100))
})
