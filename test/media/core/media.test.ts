import { expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { aac, h264, h265 } from '#test/helpers/scripted-source.ts'

test('a media reads as in the JSON of go2rtc, each codec once', () => {
  expect(formatMedia({ kind: 'video', direction: 'recvonly', codecs: [h264, h265, h264], id: '' })).toBe(
    'video, recvonly, H264, H265',
  )
  expect(formatMedia({ kind: 'audio', direction: 'sendonly', codecs: [aac], id: '' })).toBe(
    'audio, sendonly, MPEG4-GENERIC/48000/2',
  )
})
