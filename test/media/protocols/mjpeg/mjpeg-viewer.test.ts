import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { DemuxedTrack } from '#media/formats/mp4/demuxer.ts'
import { mjpegViewer } from '#media/protocols/mjpeg/mjpeg-viewer.ts'
import { ticks } from '#media/runtime/units.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'
import { feed } from '#test/helpers/muxing.ts'

/** The pictures of a file of JPEGs: each begins with SOI. */
const file = readFileSync(fixturePath('jpeg.mjpeg'))
const starts: number[] = []
for (let at = file.indexOf('ffd8ff', 0, 'hex'); at >= 0; at = file.indexOf('ffd8ff', at + 3, 'hex')) starts.push(at)
const pictures = starts.map((start, index) => file.subarray(start, starts[index + 1] ?? file.length))
const track: DemuxedTrack = {
  codec: { kind: 'video', name: 'JPEG', clockRate: 90_000, channels: 0, formatParameters: '' },
  configuration: [],
  framing: 'frame',
  samples: pictures.map((picture, index) => ({
    ...{ keyframe: true, decodingTime: ticks(index * 3600), compositionOffset: 0, duration: ticks(3600) },
    parts: [picture],
  })),
}

test('a viewer of multipart gets each picture as it is, in go2rtc’s words', () => {
  const { viewer, sink, openedCount } = feed(request => mjpegViewer(request, 'multipart'), [track])
  const parts = pictures.map(picture =>
    Buffer.concat([
      Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`),
      ...[picture, Buffer.from('\r\n')],
    ]),
  )
  expect(sink.bytes.equals(Buffer.concat(parts))).toBe(true)
  expect([openedCount(), viewer.info.formatName]).toEqual([1, 'mjpeg'])
})

test('a viewer of messages gets one picture each', () => {
  const { sink } = feed(request => mjpegViewer(request, 'message'), [track])
  expect(sink.messages).toEqual(pictures)
})
