import { expect, test } from 'vitest'
import type { SentFact } from '#media/core/session-record.ts'
import { parseRemoteDescription } from '#media/protocols/webrtc/remote-description.ts'
import { lineFacts, sessionNotes } from '#media/protocols/webrtc/session-facts.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const sent: SentFact = {
  ...{ mid: '0', codec: 'H264', packets: 10, bytes: 100, dropped: 0, missed: 0, resent: 0, keyframeRequests: 0 },
}

test('each m-line tells what the peer has, and what became of it', () => {
  const offer = parseRemoteDescription(chromiumOffer)
  const codec = offer.medias[0]!.codecs[1]!
  const negotiated = new Map([['0', { sends: { payloads: [{ codec, payloadType: 102 }], ssrc: 1 } }]])
  expect(lineFacts(offer, negotiated)).toMatchObject([
    { mid: '0', kind: 'video', direction: 'recvonly', codecs: ['VP8', 'H264', 'AV1'], sends: 'H264' },
    { mid: '1', kind: 'audio', direction: 'sendrecv' },
    { mid: '2', kind: 'application', codecs: [] },
  ])
})

test('an offer of anything stays a bounded record', () => {
  const many = chromiumOffer + 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n'.repeat(20)
  expect(lineFacts(parseRemoteDescription(many), new Map())).toHaveLength(16)
})

test('lost packets and pictures out of order are told in words', () => {
  expect(sessionNotes([sent], false)).toEqual([])
  expect(sessionNotes([{ ...sent, lostShare: 0.1 }], false)).toMatchObject([
    { code: 'packets_lost', message: expect.stringContaining('10 %') },
  ])
  expect(sessionNotes([sent], true)).toMatchObject([
    { code: 'pictures_reordered', message: expect.stringContaining('#video=h264') },
  ])
})
