import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { Yuv4MpegDemuxer } from '#media/formats/yuv4mpeg/demuxer.ts'
import { hasOneColor, streamHeader, Yuv4MpegMuxer } from '#media/formats/yuv4mpeg/muxer.ts'
import { frameUnit } from '#test/helpers/access-units.ts'
import { contents, demux } from '#test/helpers/demuxing.ts'
import { runProgram } from '#test/helpers/ffmpeg.ts'
import { fixturePath } from '#test/helpers/media-fixture.ts'

const raw = (formatParameters: string): Codec => ({
  ...{ kind: 'video', name: 'RAW', clockRate: 90_000, channels: 0 },
  formatParameters,
})
const fixture = demux(into => new Yuv4MpegDemuxer(into), readFileSync(fixturePath('small.y4m')))
const [codec = raw('')] = fixture.codecs

const muxed = (): Buffer => {
  const written: Buffer[] = []
  const write = (head: Buffer, body?: Buffer) => void written.push(head, ...(body === undefined ? [] : [body]))
  let openedCount = 0
  const muxer = new Yuv4MpegMuxer(() => openedCount++)
  const track = { id: 1, codec, configuration: [] }
  muxer.open([track], write)
  muxer.open([track], write)
  for (const { parts } of fixture.units)
    muxer.unit(track, frameUnit(parts[0]!), { decodeTime: 0, duration: 1, compositionOffset: 0 }, write)
  expect([openedCount, muxer.takes(codec), muxer.takes({ ...codec, name: 'JPEG' })]).toEqual([1, true, false])
  return Buffer.concat(written)
}

test('what is written is read again, picture by picture', () => {
  const read = demux(into => new Yuv4MpegDemuxer(into), muxed())
  expect(read.codecs).toEqual(fixture.codecs)
  expect(contents(read)).toEqual(contents(fixture))
})

test('ffmpeg reads it without complaint', async () => {
  const parameters = ['-v', 'warning', '-f', 'yuv4mpegpipe', '-i', '-', '-f', 'framemd5', '-']
  const { output, complaints } = await runProgram('ffmpeg', parameters, muxed())
  expect(complaints).toEqual([])
  expect(output.split('\n').filter(line => line.startsWith('0,'))).toHaveLength(fixture.units.length)
})

test.each([
  ['sampling=YCbCr-4:2:2;width=6;height=4', 'YUV4MPEG2 W6 H4 F25:1 Ip A1:1 C422\n'],
  ['sampling=YCbCr-4:4:4;width=6;height=4', 'YUV4MPEG2 W6 H4 F25:1 Ip A1:1 C444\n'],
])('%s is told as it is', (parameters, header) => {
  expect(streamHeader(raw(parameters)).toString()).toBe(header)
})

test.each(['', 'sampling=RGB;width=6;height=4', 'sampling=YCbCr-4:2:0;width=0;height=4'])(
  'pictures of "%s" are refused',
  parameters => {
    expect(() => streamHeader(raw(parameters))).toThrow('uncompressed pictures of unknown form')
  },
)

test.each([
  ['one colour', Buffer.concat([Buffer.alloc(24, 16), Buffer.alloc(6, 128), Buffer.alloc(6, 127)]), true],
  ['a spot', Buffer.concat([Buffer.alloc(23, 16), Buffer.alloc(1, 17), Buffer.alloc(12, 128)]), false],
  ['a coloured spot', Buffer.concat([Buffer.alloc(24, 16), Buffer.alloc(11, 128), Buffer.alloc(1, 9)]), false],
])('a picture of %s is known', (_name, picture, known) => {
  expect(hasOneColor(raw('sampling=YCbCr-4:2:0;width=6;height=4'), picture)).toBe(known)
})
