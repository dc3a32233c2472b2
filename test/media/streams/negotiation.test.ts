import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Codec } from '#media/core/codec.ts'
import type { Media } from '#media/core/media.ts'
import { explainFailure, type Offer, plan, recordNegotiation } from '#media/streams/negotiation.ts'

const codec = (name: string, clockRate = 90_000, channels = 0): Codec => ({
  kind: clockRate === 90_000 || name === 'H264' || name === 'H265' ? 'video' : 'audio',
  name,
  clockRate,
  channels,
  formatParameters: '',
})
const h264 = codec('H264')
const h265 = codec('H265')
const aac = codec('MPEG4-GENERIC', 48_000, 2)
const pcma = codec('PCMA', 8_000, 1)
const anyVideo: Codec = { ...codec('ANY', 0), kind: 'video' }

const media = (direction: Media['direction'], ...codecs: Codec[]): Media => ({
  kind: codecs[0]!.kind,
  direction,
  codecs,
  id: '0',
})
const wants = (...codecs: Codec[]): Media => media('sendonly', ...codecs)
const offered = (...medias: Media[]): Offer => ({ state: 'offered', medias })
const has = (...codecs: Codec[]): Media => media('recvonly', ...codecs)
const undialed: Offer = { state: 'undialed' }
const failed = (message: string): Offer => ({ state: 'failed', cause: { code: 'x', message } })

describe('the plan', () => {
  const rows: readonly { name: string; wants: Media[]; offers: Offer[]; expected: unknown }[] = [
    { name: 'dials the first source first', wants: [wants(h264)], offers: [undialed, undialed], expected: { dial: 0 } },
    {
      name: 'dials no second source when the first serves',
      wants: [wants(h264)],
      offers: [offered(has(h264)), undialed],
      expected: ['H264@0'],
    },
    {
      name: 'dials the next source for what the first does not serve',
      wants: [wants(h264), wants(aac)],
      offers: [offered(has(h264)), undialed],
      expected: { dial: 1 },
    },
    {
      name: 'takes video from one source and audio from another',
      wants: [wants(h264), wants(aac)],
      offers: [offered(has(h264)), offered(has(h265), has(aac))],
      expected: ['H264@0', 'MPEG4-GENERIC@1'],
    },
    {
      name: 'goes on after a failed source',
      wants: [wants(h264)],
      offers: [failed('gone'), offered(has(h264))],
      expected: ['H264@1'],
    },
    {
      name: "follows the source's order of codecs, not the viewer's",
      wants: [wants(h264, h265)],
      offers: [offered(has(h265, h264))],
      expected: ['H265@0'],
    },
    {
      name: 'takes any codec for ANY',
      wants: [wants(anyVideo)],
      offers: [offered(has(h265))],
      expected: ['H265@0'],
    },
    {
      name: 'takes any rate for rate 0 and any channels for channels 0',
      wants: [wants(codec('PCMA', 0, 0))],
      offers: [offered(has(pcma))],
      expected: ['PCMA@0'],
    },
    {
      name: 'takes no other rate',
      wants: [wants(codec('PCMA', 16_000, 0))],
      offers: [offered(has(pcma))],
      expected: [],
    },
    {
      name: 'never matches what flows the same way',
      wants: [wants(h264)],
      offers: [offered(media('sendonly', h264))],
      expected: [],
    },
    {
      name: 'is a part when only a part is served',
      wants: [wants(h264), wants(aac)],
      offers: [offered(has(h264))],
      expected: ['H264@0'],
    },
  ]

  test.each(rows)('$name', row => {
    const next = plan(row.wants, row.offers)
    const told =
      next.step === 'dial' ? { dial: next.source } : next.matches.map(match => `${match.codec.name}@${match.source}`)
    expect(told).toEqual(row.expected)
  })

  test('always ends, and never dials a source twice', () => {
    const anyMedia = fc
      .tuple(fc.constantFrom('recvonly' as const, 'sendonly' as const), fc.constantFrom(h264, h265, aac, pcma))
      .map(([direction, one]) => media(direction, one))
    fc.assert(
      fc.property(
        fc.array(anyMedia, { maxLength: 4 }),
        fc.array(fc.array(anyMedia, { maxLength: 3 }), { maxLength: 5 }),
        (asks, sources) => {
          const offers: Offer[] = sources.map(() => undialed)
          const dialed = new Set<number>()
          for (let next = plan(asks, offers); next.step === 'dial'; next = plan(asks, offers)) {
            expect(dialed.has(next.source)).toBe(false)
            dialed.add(next.source)
            offers[next.source] = { state: 'offered', medias: sources[next.source]! }
          }
        },
      ),
    )
  })
})

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
    { name: 'as unknown when there is no source', offers: [], expected: 'unknown error' },
  ])('$name', ({ offers, expected }) => {
    expect(explainFailure([wants(h264)], offers).message).toBe(expected)
  })
})

test('the record tells every comparison with its verdict, up to the match', () => {
  const offers = [offered(has(h265), has(pcma)), offered(has(h264))]
  const asks = [wants(h264), wants(codec('PCMA', 16_000)), wants(codec('PCMA', 8_000, 2))]
  const next = plan(asks, offers)
  const record = recordNegotiation(asks, offers, next.step === 'connect' ? next.matches : [])
  expect(record.outcome).toBe('partial')
  expect(
    record.comparisons.map(one => `${one.want}/${one.source} ${one.offered} for ${one.wanted}: ${one.verdict}`),
  ).toEqual([
    '0/0 H265 for H264: other codec',
    '0/1 H264 for H264: match',
    '1/0 PCMA/8000/1 for PCMA/16000: other rate',
    '2/0 PCMA/8000/1 for PCMA/8000/2: other channels',
  ])
})
