import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { describeCodec } from '#media/codecs/describe.ts'
import { BitstreamDemuxer } from '#media/formats/bitstream/demuxer.ts'
import type { DemuxerFactory } from '#media/formats/demuxer.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { contents, demux, expectRobust, pictures, times } from '#test/helpers/demuxing.ts'
import { fixturePath, fixtureTrack } from '#test/helpers/media-fixture.ts'

const make: DemuxerFactory = into => new BitstreamDemuxer(into)
const h264 = readFileSync(fixturePath('h264-b-frames.h264'))
const startCode = Buffer.of(0, 0, 0, 1)
const annexB = (...nals: readonly string[]): Buffer =>
  Buffer.concat(nals.flatMap(nal => [startCode, Buffer.from(nal, 'hex')]))

const [sps, pps] = ['6742c00dda05825b011000000300100000030320f142aa', '68ce0fc8']
const [idr, second, picture] = ['6588aabb', '6540aabb', '4188cc']

describe('the bitstream demuxer', () => {
  test.each([
    { name: 'h264-b-frames.h264', from: 'h264-b-frames-aac.mp4', formatName: 'h264', codec: 'H264 High 160×120' },
    { name: 'h265.h265', from: 'h265.mp4', formatName: 'hevc', codec: 'H265 Main 160×120' },
  ])('finds in $name the pictures of $from, in pieces of any size', ({ name, from, formatName, codec }) => {
    const { samples } = fixtureTrack(from, 'video')
    const bytes = readFileSync(fixturePath(name))
    for (const pieceBytes of [1, 7, 188, 4096, bytes.length]) {
      const demuxed = demux(make, bytes, pieceBytes)
      expect(demuxed.formatName).toBe(formatName)
      expect(demuxed.codecs.map(describeCodec)).toEqual([codec])
      const name = formatName === 'hevc' ? 'H265' : 'H264'
      expect(pictures(demuxed.units, name)).toEqual(pictures(samples, name))
      expect(demuxed.units.map(unit => unit.keyframe)).toEqual(samples.map(sample => sample.keyframe))
      expect(new Set(times(demuxed))).toEqual(new Set([undefined]))
    }
  })

  test.each([
    { name: 'a delimiter', nals: [sps, pps, idr, '09f0', picture], units: [idr, picture] },
    { name: 'a parameter set', nals: [sps, pps, idr, sps, pps, idr], units: [idr, idr] },
    { name: 'SEI', nals: [sps, pps, idr, '0605', picture], units: [idr, `0605 ${picture}`] },
    {
      name: 'its first slice',
      nals: [sps, pps, idr, second, picture, picture],
      units: [`${idr} ${second}`, picture, picture],
    },
    { name: 'nothing, with filler in between', nals: [sps, pps, idr, '0cff80', second], units: [`${idr} ${second}`] },
  ])('begins a picture with $name', ({ nals, units }) => {
    expect(contents(demux(make, annexB('09f0', ...nals)))).toEqual(units)
  })

  test('gives no picture before its parameter sets', () => {
    expect(contents(demux(make, annexB(sps, picture, pps, idr)))).toEqual([idr])
  })

  test('tells nothing where there is no picture', () => {
    expect(demux(make, annexB(sps)).codecs).toEqual([])
    expect(demux(make, Buffer.alloc(0)).codecs).toEqual([])
  })

  test('gives nothing after it was told to settle too early', () => {
    const found: unknown[] = []
    const demuxer = make({ tracks: codecs => found.push(codecs), unit: unit => found.push(unit) })
    demuxer.push(annexB(sps))
    demuxer.settle()
    demuxer.push(annexB(pps, idr, picture))
    demuxer.end()
    expect(found).toEqual([[]])
  })

  test('is refused when no parameter set comes', () => {
    expect(() => demux(make, annexB(...Array.from({ length: 70 }, () => '0605')))).toThrow(MalformedError)
  })

  test('any bytes are read or refused', () => expectRobust(make, h264, 100))
})
