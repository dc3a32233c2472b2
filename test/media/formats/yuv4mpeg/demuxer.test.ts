import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { Yuv4MpegDemuxer } from '#media/formats/yuv4mpeg/demuxer.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { demux, expectRobust, times } from '#test/helpers/demuxing.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const make: DemuxerFactory = into => new Yuv4MpegDemuxer(into)
const film = readFileSync(fixturePath('small.y4m'))

const sizeOf = (header: string, bytes: number): number | undefined =>
  demux(make, Buffer.concat([Buffer.from(`${header}\nFRAME\n`), Buffer.alloc(bytes)])).units[0]?.parts[0]?.length

describe('the YUV4MPEG2 demuxer', () => {
  test('gives each picture whole, in pieces of any size', () => {
    for (const pieceBytes of [1, 1000, film.length]) {
      const demuxed = demux(make, film, pieceBytes)
      expect(demuxed.formatName).toBe('yuv4mpegpipe')
      expect(demuxed.codecs).toEqual([
        {
          kind: 'video',
          name: 'RAW',
          clockRate: 90_000,
          channels: 0,
          formatParameters: 'sampling=YCbCr-4:2:0;width=48;height=32;depth=8',
        },
      ])
      expect(times(demuxed)).toEqual([0, 18_000, 36_000])
      const picture = film.subarray(-2304)
      expect(demuxed.units[2]!.parts).toEqual([picture])
    }
  })

  test.each([
    { header: 'YUV4MPEG2 W3 H3', bytes: 9 + 2 * 4 },
    { header: 'YUV4MPEG2 W4 H2 C422', bytes: 16 },
    { header: 'YUV4MPEG2 W4 H2 C444', bytes: 24 },
    { header: 'YUV4MPEG2 W4 H2 F0:0 C420paldv', bytes: 12 },
  ])('knows how large a picture is: $header', ({ header, bytes }) => {
    expect(sizeOf(header, bytes)).toBe(bytes)
    expect(sizeOf(header, bytes - 1)).toBeUndefined()
  })

  test('has no times where no rate is said', () => {
    const bytes = Buffer.concat([Buffer.from('YUV4MPEG2 W1 H1 C444 F0:1\nFRAME Ip\n'), Buffer.alloc(3)])
    expect(times(demux(make, bytes))).toEqual([undefined])
  })

  test.each([
    'YUV4MPEG2 W0 H1\n',
    'YUV4MPEG2 H1\n',
    'YUV4MPEG1 W1 H1\n',
    'YUV4MPEG2 W1 H1 C420p10\n',
    'YUV4MPEG2 W1 H1 C444alpha\n',
    'YUV4MPEG2 W1 H1 Cmono\n',
    'YUV4MPEG2 W1 H1\nFRIEND\n',
    `YUV4MPEG2 ${'X'.repeat(1100)}`,
  ])('is refused: %j', text => {
    expect(() => demux(make, Buffer.from(text))).toThrow(MalformedError)
  })

  test('is refused above 5 MiB a picture', () => {
    expect(() => demux(make, Buffer.from('YUV4MPEG2 W4096 H2160\n'))).toThrow(LimitError)
  })

  test('any bytes are read or refused', () => expectRobust(make, film))
})
