import { expect, test } from 'vitest'
import { type AnswerParts, formatAnswer } from '#media/protocols/webrtc/answer.ts'
import type { NegotiatedMedia } from '#media/protocols/webrtc/negotiated-media.ts'
import { parseRemoteDescription, payloadFor } from '#media/protocols/webrtc/remote-description.ts'
import { parseSessionDescription } from '#media/sdp/session-description.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const offer = parseRemoteDescription(chromiumOffer)
const codec = payloadFor(offer.medias[0]!, {
  ...{ kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' },
})!
const parts: AnswerParts = {
  ...{ offer, iceName: 'name', icePassword: 'password', canonicalName: 'cname' },
  fingerprint: { algorithm: 'sha-256', value: 'AA:BB' },
  medias: new Map([
    [
      '0',
      { sends: { payloads: [{ codec, payloadType: 103, retransmissionType: 104 }], ssrc: 7, retransmissionSsrc: 8 } },
    ],
  ]),
  candidates: ['10 1 udp 2130706431 192.168.1.2 8555 typ host'],
}
const answer = formatAnswer(parts)

test('every m-line is answered in its place, none by port 0, all in one bundle', () => {
  const { medias, attributes } = parseSessionDescription(answer)
  expect(medias.map(({ type, port, formats }) => `${type} ${port} ${formats.join(' ')}`)).toEqual([
    'video 9 103 104',
    'audio 9 111 9 0 8 13 126',
    'application 9 webrtc-datachannel',
  ])
  expect(attributes).toContainEqual(['group', 'BUNDLE 0 1 2'])
  for (const media of medias)
    for (const line of [
      ['ice-ufrag', 'name'],
      ['ice-pwd', 'password'],
      ['setup', 'passive'],
    ])
      expect(media.attributes).toContainEqual(line)
})

test('what is sent names its codec as it was offered, its retransmissions, its sources and its feedback', () => {
  const [video] = parseSessionDescription(answer).medias
  for (const line of [
    ['sendonly', ''],
    ['rtpmap', '103 H264/90000'],
    ['fmtp', '103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'],
    ['rtcp-fb', '103 nack pli'],
    ['fmtp', '104 apt=103'],
    ['ssrc-group', 'FID 7 8'],
    ['ssrc', '7 cname:cname'],
    ['candidate', '10 1 udp 2130706431 192.168.1.2 8555 typ host'],
  ])
    expect(video!.attributes).toContainEqual(line)
})

test('what there is nothing for is inactive', () => {
  const [, audio] = parseSessionDescription(answer).medias
  expect(audio!.attributes).toContainEqual(['inactive', ''])
  expect(audio!.attributes.some(([name]) => name === 'candidate')).toBe(false)
})

test('what is taken comes before what is sent, so that the peer sends that, and carries the m-line’s name', () => {
  const named = parseRemoteDescription(
    chromiumOffer.replace('a=mid:1', 'a=mid:1\r\na=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid'),
  )
  const [opus, g722] = named.medias[1]!.codecs
  const sends = { payloads: [{ codec: opus!, payloadType: 111 }], ssrc: 9 }
  const receives = { payload: { codec: g722!, payloadType: 9 }, ssrc: 9 }
  const linesFor = (media: NegotiatedMedia) =>
    parseSessionDescription(formatAnswer({ ...parts, offer: named, medias: new Map([['1', media]]) })).medias[1]!
  const both = linesFor({ sends, receives })
  expect(both.formats).toEqual(['9', '111'])
  expect(both.attributes).toContainEqual(['sendrecv', ''])
  expect(both.attributes).toContainEqual(['extmap', '9 urn:ietf:params:rtp-hdrext:sdes:mid'])
  expect(both.attributes).toContainEqual(['rtpmap', '111 opus/48000/2'])
  const taken = linesFor({ receives })
  expect(taken.attributes).toContainEqual(['recvonly', ''])
  expect(taken.attributes.some(([name]) => name === 'ssrc' || name === 'msid')).toBe(false)
})

test('an offer that waits for the handshake is answered by who begins it', () => {
  const offer = parseRemoteDescription(chromiumOffer.replace('actpass', 'passive'))
  expect(formatAnswer({ ...parts, offer })).toContain('a=setup:active')
})
