import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeCodec } from '#media/codecs/describe.ts'
import { AdtsDemuxer } from '#media/formats/adts/demuxer.ts'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { contents, demux, expectRobust, print, times } from '#test/helpers/demuxing.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'

const make: DemuxerFactory = into => new AdtsDemuxer(into)
const sound = readFileSync(fixturePath('aac.adts'))

describe('the ADTS demuxer', () => {
  test('finds the frames that the sound was made of, in pieces of any size', () => {
    const { samples } = fixtureTrack('h264-b-frames-aac.mp4', 'audio')
    for (const pieceBytes of [1, 100, sound.length]) {
      const demuxed = demux(make, sound, pieceBytes)
      expect(demuxed.formatName).toBe('adts')
      expect(demuxed.codecs.map(describeCodec)).toEqual(['AAC 48 kHz stereo'])
      expect(contents(demuxed)).toEqual(samples.map(({ parts }) => parts.map(print).join(' ')))
      expect(times(demuxed)).toEqual(samples.map((_, index) => index * 1024))
      expect(demuxed.units[0]!.configuration.map(print)).toEqual(['1190'])
    }
  })

  test('leaves out frames of another rate', () => {
    const other = Buffer.from('fff16c80011ffcaa', 'hex')
    expect(demux(make, Buffer.concat([sound, other])).units).toHaveLength(demux(make, sound).units.length)
  })

  test('is refused when no frames come any more', () => {
    expect(() => demux(make, Buffer.alloc(200_000), 1000)).toThrow(MalformedError)
    expect(demux(make, Buffer.alloc(100)).codecs).toEqual([])
  })

  test('any bytes are read or refused', () => expectRobust(make, sound))
})
