import { expect, test } from 'vitest'
import { MpegTsDemuxer } from '#media/formats/mpegts/demuxer.ts'
import { segmentWriter } from '#media/protocols/hls/segment-writer.ts'
import { demux } from '#test/helpers/demuxing.ts'
import { readFragment } from '#test/helpers/fragments.ts'
import { fixtureTrack, unitsOf } from '#test/helpers/media-fixture.ts'

const video = fixtureTrack('h264-b-frames-aac.mp4', 'video')
const [unit] = unitsOf(video)
const lane = { id: 1, codec: video.codec, configuration: video.configuration }
const placed = { decodeTime: 3600, duration: 3600, compositionOffset: 0 }

test('fragmented MP4 has an initialization, and a fragment for each unit', () => {
  const writer = segmentWriter('fmp4')
  expect(writer.open([lane]).toString('latin1', 4, 8)).toBe('ftyp')
  writer.begin()
  const fragment = Buffer.concat(writer.write(lane, unit!, placed))
  expect(readFragment(fragment)).toMatchObject({ decodeTime: 3600, keyframe: true })
})

test('MPEG-TS says everything itself, in each segment', () => {
  const writer = segmentWriter('mpegts')
  expect(writer.open([lane])).toHaveLength(0)
  for (let segment = 0; segment < 2; segment++) {
    writer.begin()
    const { codecs } = demux(into => new MpegTsDemuxer(into), Buffer.concat(writer.write(lane, unit!, placed)))
    expect(codecs.map(({ name }) => name)).toEqual(['H264'])
  }
})
