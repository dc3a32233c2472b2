import { describe, expect, test } from 'vitest'
import { plan } from '#media/streams/negotiation.ts'
import { explainFailure, recordNegotiation } from '#media/streams/negotiation-record.ts'
import { aac, codec, failed, h264, h265, has, offered, pcma, wants } from '#test/helpers/negotiated-media.ts'

describe('a failure is explained', () => {
  test.each([
    {
      name: 'by the errors of the sources, each once',
      offers: [failed('dial a'), failed('dial b'), failed('dial a')],
      expected: 'dial a, dial b',
    },
    {
      name: 'by both sides when everything answered and nothing fits',
      offers: [offered(has(h265), has(aac))],
      expected: 'codecs not matched: video:H265, audio:AAC => video:H264',
    },
    {
      name: 'by what could not be had, although it was offered',
      offers: [{ state: 'offered', medias: [], refusals: [{ code: 'x', message: 'SETUP refused' }] } as const],
      expected: 'SETUP refused',
    },
    { name: 'as unknown when there is no source', offers: [], expected: 'unknown error' },
  ])('$name', ({ offers, expected }) => {
    expect(explainFailure([wants(h264)], offers).message).toBe(expected)
  })
})

test('the record tells every comparison with its verdict, up to the match', () => {
  const opus = codec('OPUS', 48_000, 1)
  const offers = [offered(has(h265), has(pcma), has(opus)), offered(has(h264))]
  const asks = [
    ...[wants(h264), wants(codec('PCMA', 16_000))],
    ...[wants(codec('OPUS', 48_000, 2)), wants(codec('OPUS', 16_000))],
  ]
  const next = plan(asks, offers)
  const record = recordNegotiation(asks, offers, next.step === 'connect' ? next.matches : [])
  expect(record.outcome).toBe('partial')
  expect(record.matches).toEqual([
    { want: 0, source: 1, codec: 'H264' },
    { want: 1, source: 0, codec: 'PCMA/8000/1', transcoded: 'PCMA/16000/1' },
  ])
  expect(
    record.comparisons.map(one => `${one.want}/${one.source} ${one.offered} for ${one.wanted}: ${one.verdict}`),
  ).toEqual([
    '0/0 H265 for H264: other codec',
    '0/1 H264 for H264: match',
    '1/0 PCMA/8000/1 for PCMA/16000: transcodable',
    '1/0 OPUS/48000/1 for PCMA/16000: other codec',
    '2/0 PCMA/8000/1 for OPUS/48000/2: other codec',
    '2/0 OPUS/48000/1 for OPUS/48000/2: other channels',
    '3/0 PCMA/8000/1 for OPUS/16000: other codec',
    '3/0 OPUS/48000/1 for OPUS/16000: other rate',
  ])
})
