import { expect, test } from 'vitest'
import { codecString } from '#media/protocols/hls/codec-string.ts'
import { fixtureTrack } from '#test/helpers/media-fixture.ts'

test.each([
  ['h264-b-frames-aac.mp4', 'video', /^avc1\.64[0-9a-f]{4}$/],
  ['h264-b-frames-aac.mp4', 'audio', /^mp4a\.40\.2$/],
  // What ffmpeg's own muxers of HLS and DASH say of it.
  ['h265.mp4', 'video', /^hvc1\.1\.[26]\.L\d+\.[0-9A-F.]+$/],
  ['opus.mp4', 'audio', /^opus$/],
  ['mp3.mp4', 'audio', /^mp4a\.40\.34$/],
  ['flac.mp4', 'audio', /^fLaC$/],
] as const)('a player is told what %s really has: %s', (name, kind, expected) => {
  expect(codecString(fixtureTrack(name, kind))).toMatch(expected)
})

test('a player is told nothing of what is not known', () => {
  const { codec } = fixtureTrack('h264-b-frames-aac.mp4', 'video')
  expect(codecString({ codec, configuration: [] })).toBe('')
  expect(codecString({ codec: { ...codec, name: 'H265' }, configuration: [] })).toBe('')
  expect(codecString({ codec: { ...codec, name: 'VP8' }, configuration: [] })).toBe('')
  expect(codecString({ codec: { ...codec, name: 'MPEG4-GENERIC' }, configuration: [] })).toBe('mp4a.40.2')
})
