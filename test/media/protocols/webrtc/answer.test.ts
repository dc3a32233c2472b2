import { expect, test } from 'vitest'
import { formatAnswer } from '#media/protocols/webrtc/answer.ts'
import { parseOffer, payloadFor } from '#media/protocols/webrtc/offer.ts'
import { parseSessionDescription } from '#media/sdp/session-description.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const offer = parseOffer(chromiumOffer)
const codec = payloadFor(offer.medias[0]!, {
  ...{ kind: 'video', name: 'H264', clockRate: 90_000, channels: 0, formatParameters: '' },
})!
const answer = formatAnswer({
  ...{ offer, iceName: 'name', icePassword: 'password', canonicalName: 'cname' },
  fingerprint: { algorithm: 'sha-256', value: 'AA:BB' },
  medias: new Map([['0', { codec, payloadType: 103, ssrc: 7, retransmission: { payloadType: 104, ssrc: 8 } }]]),
  candidates: ['10 1 udp 2130706431 192.168.1.2 8555 typ host'],
})

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
