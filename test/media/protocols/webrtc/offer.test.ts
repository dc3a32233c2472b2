import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import { formatMedia } from '#media/core/media.ts'
import { type Offer, parseOffer, payloadFor, wantedMedias } from '#media/protocols/webrtc/offer.ts'
import { LimitError, MalformedError } from '#media/runtime/errors.ts'
import { chromiumOffer } from '#test/helpers/web-rtc-offers.ts'

const h264 = (formatParameters = ''): Codec => ({
  ...{ kind: 'video', name: 'H264', clockRate: 90_000, channels: 0 },
  formatParameters,
})

test('a browser’s offer tells who it is, where it is, and what it takes', () => {
  const offer = parseOffer(chromiumOffer)
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
  expect(wantedMedias(parseOffer(chromiumOffer)).map(formatMedia)).toEqual([
    'video, sendonly, VP8, H264, AV1',
    'audio, sendonly, OPUS/48000/2, G722/8000, PCMU/8000/1, PCMA/8000/1',
  ])
})

test('video comes first, and what is only sent or inactive is not wanted', () => {
  const turned = chromiumOffer.replace('a=sendrecv', 'a=sendonly')
  expect(wantedMedias(parseOffer(turned)).map(({ kind }) => kind)).toEqual(['video'])
  const medias = chromiumOffer.split(/(?=^m=)/m)
  const reversed = [medias[0], medias[2], medias[1]].join('')
  expect(wantedMedias(parseOffer(reversed)).map(({ id }) => id)).toEqual(['0', '1'])
})

test.each([
  ['of the same profile', 'profile-level-id=640029', 106],
  ['of another profile', 'profile-level-id=4d0029', 103],
  ['of an unknown profile', '', 103],
])('H264 %s goes on a payload type with fragments', (_name, parameters, payloadType) => {
  expect(payloadFor(parseOffer(chromiumOffer).medias[0]!, h264(parameters))?.payloadType).toBe(payloadType)
})

test('a payload type knows that of its retransmissions', () => {
  const { retransmissions } = parseOffer(chromiumOffer).medias[0]!
  expect([retransmissions.get(103), retransmissions.get(96), retransmissions.get(45)]).toEqual([104, 97, undefined])
})

test.each([
  ['ice-ufrag', /^a=ice-ufrag.*\r\n/gm],
  ['ice-pwd', /^a=ice-pwd.*\r\n/gm],
  ['fingerprint', /^a=fingerprint.*\r\n/gm],
  ['medias', /^m=[\s\S]*/m],
])('an offer without %s is refused', (_name, lines) => {
  expect(() => parseOffer(chromiumOffer.replace(lines, ''))).toThrow(MalformedError)
})

test('whatever is sent, it is an offer, malformed, or too much', () => {
  const tryIt = (text: string): Offer | undefined => {
    try {
      return parseOffer(text)
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
