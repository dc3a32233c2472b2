import { expect, test } from 'vitest'
import { box, fullBox, u32 } from '#media/formats/mp4/box.ts'
import { readBoxes } from '#media/formats/mp4/box-reader.ts'
import { readSampleDescription } from '#media/formats/mp4/sample-description.ts'
import { sampleEntries } from '#media/formats/mp4/sample-entry.ts'
import { MalformedError } from '#media/runtime/errors.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const rows = [
  { file: 'h264-slices.mp4', kind: 'video', name: 'H264', type: 'avc1', size: [160, 120] },
  { file: 'h265.mp4', kind: 'video', name: 'H265', type: 'hvc1', size: [160, 120] },
  { file: 'h264-b-frames-aac.mp4', kind: 'audio', name: 'MPEG4-GENERIC', type: 'mp4a', size: [0, 0] },
  { file: 'opus.mp4', kind: 'audio', name: 'OPUS', type: 'Opus', size: [0, 0] },
  { file: 'mp3.mp4', kind: 'audio', name: 'MPA', type: 'mp4a', size: [0, 0] },
  { file: 'flac.mp4', kind: 'audio', name: 'FLAC', type: 'fLaC', size: [0, 0] },
] as const

test.each(rows)('$name is described as $type, and read back the same', ({ file, kind, name, type, size }) => {
  const { codec, configuration, framing } = fixtureTrack(file, kind)
  const described = sampleEntries[name]!(codec, configuration)
  expect(readBoxes(described.entry).map(one => one.type)).toEqual([type])
  expect([described.width, described.height]).toEqual(size)
  const stsd = fullBox('stsd', 0, 0, u32(1), described.entry)
  expect(readSampleDescription(stsd.subarray(8))).toEqual({ codec, configuration, framing, lengthBytes: 4 })
})

test('several parameter sets of a kind all find their place', () => {
  const { codec, configuration } = fixtureTrack('h264-slices.mp4', 'video')
  const second = Buffer.from('684e0fc8', 'hex')
  const { entry } = sampleEntries.H264!(codec, [...configuration, second])
  const stsd = fullBox('stsd', 0, 0, u32(1), entry)
  expect(readSampleDescription(stsd.subarray(8))?.configuration).toEqual([...configuration, second])
})

test.each(['H264', 'H265', 'MPEG4-GENERIC', 'FLAC'] as const)('%s without configuration is refused', name => {
  const { codec } = fixtureTrack('h264-slices.mp4', 'video')
  expect(() => sampleEntries[name]!(codec, [])).toThrow(MalformedError)
})

test('MP3 of RTP’s clock is described by the header of its frames', () => {
  const codec = { kind: 'audio', name: 'MPA', clockRate: 90_000, channels: 0, formatParameters: '' } as const
  // MPEG-2 layer 3, 22 050 Hz, mono; and MPEG-1, 44 100 Hz, stereo.
  const entries = ['fff340c4', 'fffb5064'].map(header =>
    sampleEntries.MPA!(codec, [Buffer.from(header, 'hex')]).entry.subarray(8),
  )
  expect(entries.map(entry => [entry.readUInt16BE(16), entry.readUInt16BE(24)])).toEqual([
    [1, 22_050],
    [2, 44_100],
  ])
  expect(entries.map(entry => entry[entry.indexOf(Buffer.of(4, 0x80, 0x80, 0x80)) + 5])).toEqual([0x69, 0x6b])
})

test('samples, and what browsers do not know, do not go into MP4', () => {
  const names = ['PCMU', 'PCMA', 'L16', 'PCML', 'G722', 'ELD', 'JPEG', 'RAW', 'VP8', 'VP9', 'AV1'] as const
  for (const name of names) expect(sampleEntries[name]).toBeNull()
})

test('a codec we do not read has no description', () => {
  expect(readSampleDescription(fullBox('stsd', 0, 0, u32(1), box('mp4v')).subarray(8))).toBeUndefined()
})
