import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { parseMediaRequest } from '#media/streams/media-request.ts'

test.each([
  ['video&audio', ['video, sendonly, ANY', 'audio, sendonly, ANY']],
  ['audio&video', ['audio, sendonly, ANY', 'video, sendonly, ANY']],
  ['video=copy', ['video, sendonly, ANY']],
  ['video=h264,h265&audio=aac', ['video, sendonly, H264, H265', 'audio, sendonly, MPEG4-GENERIC']],
  ['video=h264%2Ch265', ['video, sendonly, H264, H265']],
  ['video=all&audio=all', ['video, sendonly, ALL', 'audio, sendonly, ALL']],
  ['audio=mp3,pcma&video=mjpeg', ['audio, sendonly, MPA, PCMA', 'video, sendonly, JPEG']],
  ['audio&audio=opus', ['audio, sendonly, ANY', 'audio, sendonly, OPUS']],
  ['mp4', ['video, sendonly, H264, H265', 'audio, sendonly, MPEG4-GENERIC']],
  ['mp4=all&video=h264', ['video, sendonly, H264, H265', 'audio, sendonly, MPEG4-GENERIC, OPUS, MPA']],
  ['', []],
  ['source=ffmpeg:a&log_level=debug&videos', []],
])('a query asks for tracks: %s', (query, medias) => {
  expect(parseMediaRequest(query).map(formatMedia)).toEqual(medias)
})

test('every track has a name of its own and takes any rate', () => {
  const medias = parseMediaRequest('video=h264&audio&audio')
  expect(medias.map(({ id }) => id)).toEqual(['0', '1', '2'])
  expect(medias[0]?.codecs[0]).toEqual({ kind: 'video', name: 'H264', clockRate: 0, channels: 0, formatParameters: '' })
})

test('tracks and codecs beyond any use are passed over', () => {
  expect(parseMediaRequest('video&'.repeat(100))).toHaveLength(8)
  expect(parseMediaRequest(`video=${'a,'.repeat(100)}`)[0]?.codecs).toHaveLength(16)
})

test('any query is understood as far as it can be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), query => {
      expect(parseMediaRequest(query).length).toBeLessThanOrEqual(8)
    }),
  )
})
