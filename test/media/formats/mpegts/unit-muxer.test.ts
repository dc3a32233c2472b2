import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MpegTsDemuxer } from '#media/formats/mpegts/demuxer.ts'
import { UnitMuxer } from '#media/formats/mpegts/unit-muxer.ts'
import { demux } from '#test/helpers/demuxing.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const units = unitsOf(video)
const lane = { id: 1, codec: video.codec, configuration: video.configuration }

test('decoding times grow and presentations follow them, wherever a unit lies', () => {
  const place = fc.record({ decodeTime: fc.nat(20_000), compositionOffset: fc.integer({ min: -9000, max: 9000 }) })
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 10 }), places => {
      const muxer = new UnitMuxer([lane])
      const written = places.map((one, index) => muxer.write(lane, units[index]!, { ...one, duration: 1 }))
      const found = demux(into => new MpegTsDemuxer(into), Buffer.concat(written)).units
      expect(found).toHaveLength(places.length)
      for (const [index, { decodingTime, compositionOffset }] of found.entries()) {
        expect(decodingTime!).toBeGreaterThan(index === 0 ? 0 : found[index - 1]!.decodingTime!)
        expect(compositionOffset).toBeGreaterThanOrEqual(0)
      }
    }),
    { numRuns: 50 },
  )
})

test('a viewer begins at one second, and a segment with the tables', () => {
  const muxer = new UnitMuxer([lane])
  const write = (index: number): Buffer =>
    muxer.write(lane, units[index]!, { decodeTime: index * 3600, duration: 3600, compositionOffset: 0 })
  const written = [write(0), write(1)]
  muxer.begin()
  written.push(write(2))
  expect(written.map(bytes => (bytes.readUInt16BE(1) & 0x1fff) === 0)).toEqual([true, false, true])
  const [first] = demux(into => new MpegTsDemuxer(into), Buffer.concat(written)).units
  expect(first!.decodingTime).toBe(90_000)
})
