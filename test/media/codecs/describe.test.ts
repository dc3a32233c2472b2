import { expect, test } from 'vitest'
import { describeCodec, h264ProfileName } from '#media/codecs/describe.ts'
import type { Codec } from '#media/core/codec.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

const codec = (name: string, clockRate: number, channels = 0, formatParameters = ''): Codec => ({
  kind: 'video',
  name,
  clockRate,
  channels,
  formatParameters,
})
const sprop = 'sprop-sps=QgEBAWAAAAMAkAAAAwAAAwCWoAHgIAIcWWVlSkwvAWgIAAADAAgAAAMAyEA='

test.each([
  { codec: fixtureTrack('h264-slices.mp4', 'video').codec, label: 'H264 Baseline 160×120' },
  { codec: codec('H264', 90_000, 0, 'profile-level-id=640029'), label: 'H264 High' },
  { codec: codec('H264', 90_000, 0, 'profile-level-id=7a0029'), label: 'H264 0x7A' },
  { codec: codec('H264', 90_000), label: 'H264' },
  { codec: fixtureTrack('h265.mp4', 'video').codec, label: 'H265 Main 160×120' },
  { codec: codec('H265', 90_000, 0, sprop), label: 'H265 Main 3840×2160' },
  { codec: codec('H265', 90_000), label: 'H265' },
  { codec: fixtureTrack('h264-b-frames-aac.mp4', 'audio').codec, label: 'AAC 48 kHz stereo' },
  { codec: codec('MPEG4-GENERIC', 16_000, 1), label: 'AAC 16 kHz mono' },
  { codec: codec('OPUS', 48_000, 2), label: 'Opus 48 kHz stereo' },
  { codec: codec('PCMU', 8000, 1), label: 'G.711 µ-law 8 kHz' },
  { codec: codec('PCMA', 8000), label: 'G.711 A-law 8 kHz' },
  { codec: codec('L16', 44_100, 2), label: 'PCM 16 bit 44.1 kHz stereo' },
  { codec: codec('PCML', 16_000), label: 'PCM 16 bit little-endian 16 kHz' },
  { codec: codec('ELD', 16_000, 1), label: 'AAC-ELD 16 kHz mono' },
  { codec: codec('G722', 8000, 1), label: 'G.722 16 kHz' },
  { codec: codec('MPA', 90_000), label: 'MP3' },
  { codec: codec('MPA', 44_100, 2), label: 'MP3 44.1 kHz stereo' },
  { codec: codec('FLAC', 48_000, 2), label: 'FLAC 48 kHz stereo' },
  { codec: codec('VP8', 90_000), label: 'VP8' },
  { codec: codec('VP9', 90_000), label: 'VP9' },
  { codec: codec('AV1', 90_000), label: 'AV1' },
  { codec: codec('JPEG', 90_000), label: 'JPEG' },
  { codec: codec('RAW', 90_000), label: 'raw video' },
  { codec: codec('L24', 44_100, 2), label: 'L24 44.1 kHz' },
])('$label', ({ codec, label }) => {
  expect(describeCodec(codec)).toBe(label)
})

test('profiles without a name are told by number', () => {
  expect([h264ProfileName(88), h264ProfileName(9)]).toEqual(['Extended', '0x09'])
})
