import { expect, test } from 'vitest'
import { formatMedia } from '#media/core/media.ts'
import { mseMedias } from '#media/protocols/mp4/mse-codecs.ts'

const usual = ['video, sendonly, H264, H265', 'audio, sendonly, MPEG4-GENERIC']

test.each([
  { name: 'nothing', list: '', medias: usual },
  { name: 'nothing we know', list: 'vp9,fLaC,constructor', medias: usual },
  {
    name: 'all that video-rtc.js knows',
    list: 'avc1.640029,avc1.64002A,avc1.640033,hvc1.1.6.L153.B0,mp4a.40.2,mp4a.40.5,flac,opus',
    medias: ['video, sendonly, H264, H265', 'audio, sendonly, MPEG4-GENERIC, PCMA, PCMU, L16, PCML, FLAC, OPUS'],
  },
  { name: 'H.264 alone', list: 'avc1.640029', medias: ['video, sendonly, H264'] },
  { name: 'sound first', list: 'opus, avc1.640029', medias: ['video, sendonly, H264', 'audio, sendonly, OPUS'] },
  { name: 'sound alone', list: 'mp4a.40.2', medias: ['audio, sendonly, MPEG4-GENERIC'] },
  { name: 'one codec twice', list: 'opus,opus', medias: ['audio, sendonly, OPUS'] },
])('a player that says $name wants $medias', ({ list, medias }) => {
  expect(mseMedias(list).map(formatMedia)).toEqual(medias)
})

test('an absurdly long list is not read to its end', () => {
  expect(mseMedias(`${','.repeat(2000)}opus`).map(formatMedia)).toEqual(usual)
})
