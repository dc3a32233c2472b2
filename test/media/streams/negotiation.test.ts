import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Media } from '#media/core/media.ts'
import { type Match, type Offer, plan } from '#media/streams/negotiation.ts'
import {
  aac,
  anyVideo,
  codec,
  failed,
  h264,
  h265,
  has,
  media,
  offered,
  pcma,
  undialed,
  wants,
} from '#test/helpers/negotiated-media.ts'

const allVideo = { ...anyVideo, name: 'ALL' }

const toldOf = ({ codec: { name }, source, transcoded, consumerCodec }: Match): string =>
  `${name}@${source}${transcoded ? ` made ${consumerCodec.name}/${consumerCodec.clockRate}` : ''}`

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
      wants: [wants(codec('OPUS', 16_000, 0))],
      offers: [offered(has(codec('OPUS', 48_000, 2)))],
      expected: [],
    },
    {
      name: 'makes of samples what no source has as it is',
      wants: [wants(codec('PCMA', 16_000, 0))],
      offers: [offered(has(pcma)), offered(has(aac))],
      expected: ['PCMA@0 made PCMA/16000'],
    },
    {
      name: 'makes nothing of samples while another source has what is wanted',
      wants: [wants(codec('PCMU', 8_000, 0))],
      offers: [offered(has(pcma)), undialed],
      expected: { dial: 1 },
    },
    {
      name: 'makes a voice into what a speaker understands',
      wants: [media('recvonly', codec('PCMU', 8_000, 1))],
      offers: [offered(media('sendonly', codec('L16', 16_000, 1)))],
      expected: ['L16@0 made PCMU/8000'],
    },
    {
      name: 'never matches what flows the same way',
      wants: [wants(h264)],
      offers: [offered(media('sendonly', h264))],
      expected: [],
    },
    {
      name: 'takes every media of every source for ALL',
      wants: [wants(allVideo)],
      offers: [offered(has(h264), has(aac), has(h265)), failed('gone'), offered(has(h264))],
      expected: ['H264@0', 'H265@0', 'H264@2'],
    },
    {
      name: 'dials every source for ALL',
      wants: [wants(allVideo)],
      offers: [offered(has(h264)), undialed],
      expected: { dial: 1 },
    },
    {
      name: 'takes one media of a source for a want, however many would fit',
      wants: [wants(h264)],
      offers: [offered(has(h264), has(h264))],
      expected: ['H264@0'],
    },
    {
      name: 'passes over a source that the consumer is part of, without dialing it',
      wants: [wants(h264)],
      offers: [{ state: 'excluded' }, offered(has(h264))],
      expected: ['H264@1'],
    },
    {
      name: 'gives a voice to the first source that listens',
      wants: [media('recvonly', pcma, aac)],
      offers: [offered(has(pcma)), offered(has(h264), media('sendonly', aac, pcma))],
      expected: ['MPEG4-GENERIC@1'],
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
    const told = next.step === 'dial' ? { dial: next.source } : next.matches.map(toldOf)
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
