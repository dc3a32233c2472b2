import { describe, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { formatMedia } from '#media/core/media.ts'
import {
  dropConnections,
  dropNames,
  guessPcm,
  parseLeniently,
  renamePcm,
  replaceSession,
  withCompleteParameterSets,
} from '#media/sdp/camera-quirks.ts'
import { mediasFromSdp } from '#media/sdp/sdp-to-medias.ts'
import { parseSessionDescription } from '#media/sdp/session-description.ts'

const media = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n'
const mediasOf = (text: string): readonly string[] => mediasFromSdp(text).map(formatMedia)

const h265 = (formatParameters: string): Codec => ({
  kind: 'video',
  name: 'H265',
  clockRate: 90_000,
  channels: 0,
  formatParameters,
})

describe('a session that is broken', () => {
  test.each([
    ['by several names', `v=0\r\ns=first\r\ns=second\r\nt=0 0\r\n${media}`],
    ['by an address that is missing', `v=0\r\ns=-\r\nc=IN\r\nt=0 0\r\n${media}`],
    ['by an address that is empty', `v=0\r\ns=-\r\nc=\r\nt=0 0\r\n${media}`],
    ['by both', `v=0\r\ns=-\r\ns=-\r\nc=IN \r\nt=0 0\r\n${media}`],
    ['by lines that are none', `v=0\r\nSession streamed by a camera\r\nt=0 0\r\n${media}`],
    ['by having no version', media],
  ])('still has its medias: %s', (_name, text) => {
    expect(() => parseSessionDescription(text)).toThrow()
    expect(mediasOf(text)).toEqual(['video, recvonly, H264'])
  })

  test('with broken medias is refused', () => {
    expect(() => parseLeniently('v=0\r\nm=video\r\n')).toThrow('a broken m= line')
    expect(() => parseLeniently('')).toThrow('an empty session description')
  })

  test('is repaired in as little as can be', () => {
    expect(dropNames('v=0\r\ns=a\r\ns=b\r\nt=0 0\r\n')).toBe('v=0\r\nt=0 0\r\n')
    expect(dropConnections('v=0\nc=IN\nt=0 0\n')).toBe('v=0\nt=0 0\n')
    expect(replaceSession('rubbish')).toBe('rubbish')
    expect(replaceSession('rubbish\nm=audio 0 RTP/AVP 0')).toMatch(/^v=0\r\n.*\r\nm=audio 0 RTP\/AVP 0$/s)
  })
})

describe('medias of names that are not in the standard', () => {
  test.each([
    'm=vana 0 RTP/AVP 100',
    'm=application/MERCURY 0 RTP/AVP 100',
    'm=application/TP-LINK 0 RTP/AVP smart/1/90000',
  ])('are left out: %s', line => {
    expect(mediasOf(`v=0\r\n${line}\r\na=rtpmap:100 X/90000\r\n${media}`)).toEqual(['video, recvonly, H264'])
  })
})

describe('a codec that is told wrongly', () => {
  test('finds its H.264 parameters under another media', () => {
    const text = `v=0\r\n${media}m=audio 0 RTP/AVP 0\r\na=fmtp:96 packetization-mode=1\r\n`
    expect(mediasFromSdp(text)[0]?.codecs[0]?.formatParameters).toBe('packetization-mode=1')
  })

  test.each([
    ['', ''],
    ['sprop-vps=a;sprop-sps=b;sprop-pps=c', 'sprop-vps=a;sprop-sps=b;sprop-pps=c'],
    ['profile-id=1', 'profile-id=1'],
    ['sprop-vps=a;sprop-sps=b', ''],
    ['sprop-vps=;sprop-sps=b;sprop-pps=c', ''],
  ])('loses H.265 parameter sets that are not whole: "%s"', (told, kept) => {
    expect(withCompleteParameterSets(h265(told)).formatParameters).toBe(kept)
  })

  test('has the rate and channels that Opus always has', () => {
    const text = 'v=0\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/16000/1\r\n'
    expect(mediasOf(text)).toEqual(['audio, recvonly, OPUS/48000/2'])
  })

  test('of Hikvision is little-endian when it is called PCM', () => {
    expect(renamePcm({ ...h265(''), name: 'PCM' }).name).toBe('PCML')
    expect(renamePcm(h265('')).name).toBe('H265')
  })

  test('may have spaces behind its map', () => {
    expect(mediasOf('v=0\r\nm=video 0 RTP/AVP 96 \r\na=rtpmap:96 H264/90000  \r\n')).toEqual(['video, recvonly, H264'])
  })

  test.each([
    [97, 'AS:128', '8000/1'],
    [96, 'AS:1536', '48000/2'],
    [98, 'AS:1411', '44100/2'],
    [97, 'AS:129', undefined],
    [99, 'AS:128', undefined],
    [97, 'TIAS:128', undefined],
  ])('without a map is PCM by its bandwidth: %i %s', (payloadType, bandwidth, expected) => {
    const audio = { type: 'audio', port: 0, protocol: 'RTP/AVP', formats: [], bandwidths: [bandwidth], attributes: [] }
    const codec = guessPcm(payloadType, audio)
    expect(codec && `${codec.clockRate}/${codec.channels}`).toBe(expected)
    expect(guessPcm(payloadType, { ...audio, type: 'video' })).toBeUndefined()
  })
})

describe('video of D-Link', () => {
  const sending = `${media}a=sendonly\r\n`

  test('comes to us although it says it goes away', () => {
    expect(mediasOf(`v=0\r\no=CV-RTSPHandler 1123412 0 IN IP4 10.48.135.130\r\n${sending}`)).toEqual([
      'video, recvonly, H264',
    ])
  })

  test('is the only one believed so', () => {
    expect(mediasOf(`v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n${sending}`)).toEqual(['video, sendonly, H264'])
  })
})
