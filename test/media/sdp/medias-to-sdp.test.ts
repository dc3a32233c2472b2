import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { describeTracks } from '#media/sdp/medias-to-sdp.ts'
import { mediasFromSdp } from '#media/sdp/sdp-to-medias.ts'

const video: Codec = {
  kind: 'video',
  name: 'H264',
  clockRate: 90_000,
  channels: 0,
  formatParameters: 'packetization-mode=1;sprop-parameter-sets=Z0LADdoFB+w=,aM48gA==',
  payloadType: 35,
}
const audio: Codec = { kind: 'audio', name: 'PCMU', clockRate: 8000, channels: 1, formatParameters: '', payloadType: 0 }

test('viewers are told of the tracks byte for byte as go2rtc tells them', () => {
  const tracks = [
    { codec: video, payloadType: 96 },
    { codec: audio, payloadType: 97 },
  ]
  expect(describeTracks('go2rtc/1.9.14', tracks)).toBe(
    [
      'v=0',
      'o=- 1 1 IN IP4 0.0.0.0',
      's=go2rtc/1.9.14',
      'c=IN IP4 0.0.0.0',
      't=0 0',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LADdoFB+w=,aM48gA==',
      'a=recvonly',
      'a=control:trackID=0',
      'm=audio 0 RTP/AVP 97',
      'a=rtpmap:97 PCMU/8000/1',
      'a=recvonly',
      'a=control:trackID=1',
      '',
    ].join('\r\n'),
  )
})

test('what viewers are told reads as what was to be told', () => {
  const medias = mediasFromSdp(describeTracks('x', [{ codec: video, payloadType: 96 }]))
  expect(medias).toEqual([
    { kind: 'video', direction: 'recvonly', codecs: [{ ...video, payloadType: 96 }], id: 'trackID=0' },
  ])
})
