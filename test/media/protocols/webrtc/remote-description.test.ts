import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { formatMedia } from '#media/core/media.ts'
import {
  isViewer,
  parseRemoteDescription,
  payloadFor,
  type RemoteDescription,
  remoteMediaOf,
  viewerMedias,
} from '#media/protocols/webrtc/remote-description.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const h264 = (formatParameters = ''): Codec => ({
  ...{ kind: 'video', name: 'H264', clockRate: 90_000, channels: 0 },
  formatParameters,
})

test('a browser’s offer tells who it is, where it is, and what it takes', () => {
  const offer = parseRemoteDescription(chromiumOffer)
  expect(offer).toMatchObject({ iceName: 'Zx3w', icePassword: 'o6e1Bq3gqUq1dGJzT4UuQ0mE' })
  expect(offer.fingerprints).toHaveLength(1)
  expect(offer.fingerprints[0]).toMatchObject({ algorithm: 'sha-256', value: expect.stringMatching(/^0A:1B:/) })
  expect(offer.candidates).toHaveLength(2)
  expect(offer.medias.map(({ type, mid, direction }) => `${type} ${mid} ${direction}`)).toEqual([
    'video 0 recvonly',
    'audio 1 sendrecv',
    'application 2 sendrecv',
  ])
})

test('what it wants to be sent is matched without companions, each codec once, static ones without being told', () => {
  expect(viewerMedias(parseRemoteDescription(chromiumOffer)).map(formatMedia)).toEqual([
    'video, sendonly, VP8, H264, AV1',
    'audio, recvonly, OPUS/48000/2, G722/8000, PCMU/8000/1, PCMA/8000/1',
    'audio, sendonly, OPUS/48000/2, G722/8000, PCMU/8000/1, PCMA/8000/1',
  ])
})

test('video comes first, a microphone before the loudspeaker of its m-line, and each knows its m-line', () => {
  const idsOf = (text: string): readonly string[] => viewerMedias(parseRemoteDescription(text)).map(({ id }) => id)
  const [session, video, audio] = chromiumOffer.split(/(?=^m=)/m)
  expect(idsOf([session, audio, video].join(''))).toEqual(['0', '1/voice', '1'])
  expect(idsOf(chromiumOffer.replace('a=sendrecv', 'a=sendonly'))).toEqual(['0', '1/voice'])
  expect(idsOf(chromiumOffer.replace('a=sendrecv', 'a=inactive'))).toEqual(['0'])
  const offer = parseRemoteDescription(chromiumOffer)
  expect(viewerMedias(offer).map(media => remoteMediaOf(offer, media)?.mid)).toEqual(['0', '1', '1'])
})

test.each([
  ['wants pictures', 'recvonly', 'sendonly', true],
  ['sends pictures and wants sound', 'sendonly', 'recvonly', false],
  ['sends both', 'sendonly', 'sendonly', false],
  ['talks with somebody', 'sendrecv', 'sendrecv', true],
  ['only wants sound', 'inactive', 'recvonly', true],
  ['only sends sound', 'inactive', 'sendonly', false],
])('who %s is told from who does the opposite', (_name, video, audio, watches) => {
  const text = chromiumOffer.replace('a=recvonly', `a=${video}`).replace('a=sendrecv', `a=${audio}`)
  expect(isViewer(parseRemoteDescription(text))).toBe(watches)
})

test('which streams an m-line has, what names it, and who begins are read; rubbish there is passed over', () => {
  const lines = 'a=ssrc:7 cname:x\r\na=ssrc:8 cname:x\r\na=ssrc:7 msid:a b\r\na=ssrc:x y\r\na=ssrc:99999999999 z\r\n'
  const extension =
    'a=extmap:x urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:4/sendonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n'
  const description = parseRemoteDescription(
    chromiumOffer.replace('a=mid:0\r\n', `a=mid:0\r\n${lines}${extension}`).replace('actpass', 'passive'),
  )
  expect(description.medias[0]).toMatchObject({ sources: [7, 8], midExtension: 4 })
  expect(description.medias[1]).toMatchObject({ sources: [], midExtension: undefined })
  expect([description.setup, description.isLite]).toEqual(['passive', false])
  expect(parseRemoteDescription(chromiumOffer.replace('a=msid-semantic', 'a=ice-lite\r\na=x')).isLite).toBe(true)
})

test.each([
  ['of the same profile', 'profile-level-id=640029', 106],
  ['of another profile', 'profile-level-id=4d0029', 103],
  ['of an unknown profile', '', 103],
])('H264 %s goes on a payload type with fragments', (_name, parameters, payloadType) => {
  expect(payloadFor(parseRemoteDescription(chromiumOffer).medias[0]!, h264(parameters))?.payloadType).toBe(payloadType)
})

test('a payload type knows that of its retransmissions', () => {
  const { retransmissions } = parseRemoteDescription(chromiumOffer).medias[0]!
  expect([retransmissions.get(103), retransmissions.get(96), retransmissions.get(45)]).toEqual([104, 97, undefined])
})

test.each([
  ['ice-ufrag', /^a=ice-ufrag.*\r\n/gm],
  ['ice-pwd', /^a=ice-pwd.*\r\n/gm],
  ['fingerprint', /^a=fingerprint.*\r\n/gm],
  ['medias', /^m=[\s\S]*/m],
])('an offer without %s is refused', (_name, lines) => {
  expect(() => parseRemoteDescription(chromiumOffer.replace(lines, ''))).toThrow(MalformedError)
})

test('whatever is sent, it is an offer, malformed, or too much', () => {
  const tryIt = (text: string): RemoteDescription | undefined => {
    try {
      return parseRemoteDescription(text)
    } catch (error) {
      if (error instanceof MalformedError || error instanceof LimitError) return undefined
      throw error
    }
  }
  fc.assert(
    fc.property(fc.nat(chromiumOffer.length), fc.nat(200), fc.string({ maxLength: 60 }), (at, cut, insert) => {
      const offer = tryIt(chromiumOffer.slice(0, at) + insert + chromiumOffer.slice(at + cut))
      if (offer !== undefined) for (const media of offer.medias) payloadFor(media, h264())
    }),
    { numRuns: 2000 },
  )
  expect(tryIt(`${chromiumOffer}${'a=x\r\n'.repeat(2_000_000)}`)).toBeUndefined()
})
