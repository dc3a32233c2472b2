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

test.each(['H264', 'H265', 'MPEG4-GENERIC'] as const)('%s without configuration is refused', name => {
  const { codec } = fixtureTrack('h264-slices.mp4', 'video')
  expect(() => sampleEntries[name]!(codec, [])).toThrow(MalformedError)
})

test('G.711 does not go into MP4', () => {
  expect([sampleEntries.PCMU, sampleEntries.PCMA]).toEqual([null, null])
})

test('a codec we do not read has no description', () => {
  expect(readSampleDescription(fullBox('stsd', 0, 0, u32(1), box('mp4v')).subarray(8))).toBeUndefined()
})
