import { expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { mp4Medias } from '#media/protocols/mp4/mp4-medias.ts'

const video = 'video, sendonly, H264, H265'

test.each([
  ['', [video, 'audio, sendonly, MPEG4-GENERIC']],
  ['src=x&mp4', [video, 'audio, sendonly, MPEG4-GENERIC']],
  ['mp4=&video=jpeg', [video, 'audio, sendonly, MPEG4-GENERIC']],
  ['mp4=flac', [video, 'audio, sendonly, MPEG4-GENERIC, PCMA, PCMU, L16, PCML, FLAC']],
  ['mp4=all', [video, 'audio, sendonly, MPEG4-GENERIC, PCMA, PCMU, L16, PCML, FLAC, OPUS, MPA']],
  ['video=h265', ['video, sendonly, H265']],
  ['video=jpeg,h264&audio=opus,g722', ['video, sendonly, H264', 'audio, sendonly, OPUS']],
  ['video=jpeg', ['video, sendonly, JPEG']],
  ['video&audio=copy', [video, 'audio, sendonly, MPEG4-GENERIC, OPUS, MPA, FLAC, PCMA, PCMU, L16, PCML']],
])('%s asks for %s', (query, medias) => {
  expect(mp4Medias(query).map(formatMedia)).toEqual(medias)
})
