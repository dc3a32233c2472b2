import { expect, test } from 'vitest'
import { hlsTakes, hlsWish } from '#media/protocols/hls/hls-request.ts'

const asked = (query: string): string => {
  const { format, medias } = hlsWish(query)
  return `${format} ${medias.map(({ kind, codecs }) => `${kind}:${codecs.map(({ name }) => name).join(',')}`).join(' ')}`
}

test.each([
  ['src=porch', 'mpegts video:H264,H265 audio:MPEG4-GENERIC'],
  ['src=porch&mp4', 'fmp4 video:H264,H265 audio:MPEG4-GENERIC'],
  ['src=porch&mp4=flac', 'fmp4 video:H264,H265 audio:MPEG4-GENERIC,PCMA,PCMU,L16,PCML,FLAC'],
  ['src=porch&mp4=all', 'fmp4 video:H264,H265 audio:MPEG4-GENERIC,PCMA,PCMU,L16,PCML,FLAC,OPUS,MPA'],
  ['audio=opus&video=h265', 'fmp4 video:H265 audio:OPUS'],
  ['video=h264&video=h265', 'fmp4 video:H264'],
  ['video', 'fmp4 video:H264,H265'],
  ['video=h264,all', 'fmp4 video:H264,H265'],
  ['audio=all', 'fmp4 audio:MPEG4-GENERIC,OPUS,PCMU,PCMA,L16,PCML,MPA,FLAC'],
  ['audio=pcmu,aac', 'fmp4 audio:PCMU,MPEG4-GENERIC'],
  ['video=jpeg', 'fmp4 '],
])('%s asks for %s', (query, expected) => {
  expect(asked(query)).toBe(expected)
})

test('each format takes its own codecs', () => {
  expect(['H264', 'FLAC', 'PCMU'].map(hlsTakes('fmp4'))).toEqual([true, true, false])
  expect(['H264', 'FLAC', 'PCMU'].map(hlsTakes('mpegts'))).toEqual([true, false, false])
})
