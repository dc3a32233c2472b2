import { expect, test } from 'vitest'
import { formatOffer, takenPictures, takenSound } from '#media/protocols/webrtc/offer.ts'
import { parseRemoteDescription, receives, sends } from '#media/protocols/webrtc/remote-description.ts'

const offer = parseRemoteDescription(
  formatOffer({
    ...{
      iceName: 'name',
      icePassword: 'password',
      canonicalName: 'us',
      candidates: ['1 1 udp 1 192.0.2.1 9 typ host'],
    },
    fingerprint: { algorithm: 'sha-256', value: 'AA:BB' },
    lines: [
      { mid: '0', kind: 'video', payloads: takenPictures },
      { mid: '1', kind: 'audio', payloads: takenSound },
      { mid: '2', kind: 'audio', payloads: takenSound, sent: { payloads: takenSound, ssrc: 77 } },
    ],
  }),
)

test('an offer says what is wanted and what would be sent, and how to connect', () => {
  expect(offer).toMatchObject({ iceName: 'name', icePassword: 'password', setup: 'actpass', isLite: false })
  expect(offer.candidates).toEqual(['1 1 udp 1 192.0.2.1 9 typ host'])
  expect(offer.medias.map(media => [media.mid, receives(media), sends(media), media.midExtension])).toEqual([
    ['0', true, false, 4],
    ['1', true, false, 4],
    ['2', false, true, 4],
  ])
  expect(offer.medias[2]!.sources).toEqual([77])
})

test('H.264 comes first, each kind of picture can be sent again, and no number stands for two things', () => {
  const [video, audio] = offer.medias
  expect([...new Set(video!.codecs.map(({ name }) => name))]).toEqual(['H264', 'H265', 'VP8', 'VP9', 'AV1'])
  for (const { payloadType } of video!.codecs) expect(video!.retransmissions.get(payloadType!)).toBe(payloadType! + 1)
  expect(audio!.codecs.map(({ name }) => name)).toEqual(['OPUS', 'PCMA', 'PCMU', 'G722'])
  const numbers = [...video!.formats, ...audio!.formats].map(Number)
  expect(new Set(numbers).size).toBe(numbers.length)
  // 64 to 95 would be taken for RTCP (RFC 5761 §4).
  expect(numbers.every(number => (number < 64 || number > 95) && number < 128)).toBe(true)
})
