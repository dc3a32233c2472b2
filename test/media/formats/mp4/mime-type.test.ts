import { expect, test } from 'vitest'
import { mp4MimeType } from '#media/formats/mp4/mime-type.ts'

const avc = (hex: string) => ({ name: 'H264', configuration: [Buffer.from(`67${hex}da`, 'hex')] }) as const

test.each([
  { name: 'High 3.1', hex: '64001f', codec: 'avc1.64001F' },
  { name: 'Main 4.0', hex: '4d4028', codec: 'avc1.4D4028' },
  { name: 'Constrained Baseline 3.0', hex: '42e01e', codec: 'avc1.42E01E' },
  { name: 'a level above', hex: '640033', codec: 'avc1.640029' },
  { name: 'a profile nobody asks for', hex: '7a1029', codec: 'avc1.640029' },
])('H.264 $name is told as $codec', ({ hex, codec }) => {
  expect(mp4MimeType([avc(hex)])).toBe(`video/mp4; codecs="${codec}"`)
})

test('H.264 of which nothing is known is told as High 4.1', () => {
  expect(mp4MimeType([{ name: 'H264', configuration: [] }])).toBe('video/mp4; codecs="avc1.640029"')
})

test('several tracks stand in their order', () => {
  const tracks = [
    { name: 'H265', configuration: [] },
    { name: 'MPEG4-GENERIC', configuration: [] },
  ] as const
  expect(mp4MimeType(tracks)).toBe('video/mp4; codecs="hvc1.1.6.L153.B0,mp4a.40.2"')
  expect(mp4MimeType([{ name: 'OPUS', configuration: [] }])).toBe('video/mp4; codecs="opus"')
  expect(mp4MimeType([{ name: 'MPA', configuration: [] }])).toBe('video/mp4; codecs="mp4a.6B"')
  expect(mp4MimeType([{ name: 'FLAC', configuration: [] }])).toBe('video/mp4; codecs="flac"')
})
