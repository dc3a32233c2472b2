import { type Codec, codecServes, formatCodec, printCodecName } from '../core/codec.ts'
import { formatMedia, type Media } from '../core/media.ts'
import { facesMedia, isTranscodable, type Match, type Offer } from './negotiation.ts'
import type { FactCause } from './stream-facts.ts'

/** Comparisons one record may hold: eight wants of sixteen codecs and as many sources stay below. */
const COMPARISONS_MAX = 2000

/** Why one offered codec did or did not serve one wanted codec. `transcodable`: not as it is, and the engine can make it. */
export type Verdict = 'match' | 'transcodable' | 'other codec' | 'other rate' | 'other channels'

/** One pair that was compared. */
export interface Comparison {
  readonly want: number
  readonly source: number
  readonly offered: string
  readonly wanted: string
  readonly verdict: Verdict
}

/** One source as it stood in a negotiation. */
export interface RecordedOffer {
  readonly state: Offer['state']
  readonly medias: readonly string[]
  readonly cause?: FactCause
  /** Medias that were offered and could not be had, and why. */
  readonly refusals?: readonly FactCause[]
}

/** Everything that was wanted, offered, compared and decided while one consumer was fed. Plain data. */
export interface NegotiationRecord {
  /** The consumer's medias, as in go2rtc's JSON. */
  readonly wants: readonly string[]
  /** The sources in order; `medias` of those that were dialed. */
  readonly offers: readonly RecordedOffer[]
  /** In the order in which they were made; at most 2 000. */
  readonly comparisons: readonly Comparison[]
  /** What was connected, each want's tracks in order. */
  readonly matches: readonly {
    readonly want: number
    readonly source: number
    /** Of the source. */
    readonly codec: string
    /** What the engine makes of it, or makes it of, where that is another one. */
    readonly transcoded?: string
  }[]
  /** `partial`: some wants are not served. */
  readonly outcome: 'connected' | 'partial' | 'failed'
  readonly cause?: FactCause
}

/** The record of one negotiation, from what it ended with. */
export const recordNegotiation = (
  wants: readonly Media[],
  offers: readonly Offer[],
  matches: readonly Match[],
  cause?: FactCause,
): NegotiationRecord => {
  const served = new Set(matches.map(match => match.want)).size
  return {
    wants: wants.map(formatMedia),
    offers: offers.map(recordOffer),
    comparisons: compare(wants, offers),
    matches: matches.map(({ want, source, codec, consumerCodec, transcoded }) => ({
      want: wants.indexOf(want),
      source,
      codec: formatCodec(codec),
      ...(transcoded && { transcoded: formatCodec(consumerCodec) }),
    })),
    outcome: served === 0 ? 'failed' : served < wants.length ? 'partial' : 'connected',
    ...(cause !== undefined && { cause }),
  }
}

const recordOffer = (offer: Offer): RecordedOffer => ({
  state: offer.state,
  medias: offer.state === 'offered' ? offer.medias.map(formatMedia) : [],
  ...(offer.state === 'failed' && { cause: offer.cause }),
  ...(offer.state === 'offered' && offer.refusals !== undefined && { refusals: offer.refusals }),
})

const judge = (want: Media, offered: Codec, wanted: Codec): Verdict => {
  if (codecServes(offered, wanted)) return 'match'
  if (isTranscodable(want, offered, wanted)) return 'transcodable'
  if (offered.name !== wanted.name) return 'other codec'
  return wanted.clockRate !== 0 && offered.clockRate !== wanted.clockRate ? 'other rate' : 'other channels'
}

/** Every pair that `plan` had to look at, in its order. */
const compare = (wants: readonly Media[], offers: readonly Offer[]): readonly Comparison[] => {
  const seen: Comparison[] = []
  for (const [index, want] of wants.entries()) {
    const all = want.codecs.some(({ name }) => name === 'ALL')
    for (const [source, offer] of offers.entries()) {
      if (offer.state !== 'offered') continue
      const matched = compareMedias(want, offer.medias, all, pair => seen.push({ want: index, source, ...pair }))
      if (seen.length >= COMPARISONS_MAX) return seen.slice(0, COMPARISONS_MAX)
      if (matched && !all) break
    }
  }
  return seen
}

/** Whether one of the medias matched; without `all` nothing is looked at behind it. */
const compareMedias = (
  want: Media,
  medias: readonly Media[],
  all: boolean,
  tell: (pair: Omit<Comparison, 'want' | 'source'>) => void,
): boolean => {
  let matched = false
  for (const media of medias.filter(one => facesMedia(want, one))) {
    const here = comparePairs(want, media, tell)
    matched ||= here
    if (here && !all) break
  }
  return matched
}

const comparePairs = (
  want: Media,
  media: Media,
  tell: (pair: Omit<Comparison, 'want' | 'source'>) => void,
): boolean => {
  for (const codec of media.codecs) {
    for (const wanted of want.codecs) {
      const verdict = judge(want, codec, wanted)
      tell({ offered: formatCodec(codec), wanted: formatCodec(wanted), verdict })
      if (verdict === 'match') return true
    }
  }
  return false
}

const joinDistinct = (texts: readonly string[]): string =>
  texts.reduce((joined, text) => (joined.includes(text) ? joined : joined === '' ? text : `${joined}, ${text}`), '')

const codecTexts = (medias: readonly Media[]): readonly string[] =>
  medias.flatMap(media => media.codecs.map(codec => `${media.kind}:${printCodecName(codec.name)}`))

/** Why nothing matched, in go2rtc's words (without its `streams: `): the sources' errors, or both sides' codecs. */
export const explainFailure = (wants: readonly Media[], offers: readonly Offer[]): FactCause => {
  const failed = offers.flatMap(offer => {
    if (offer.state === 'failed') return [offer.cause]
    return offer.state === 'offered' ? (offer.refusals ?? []) : []
  })
  if (failed.length > 0) return { code: failed[0]!.code, message: joinDistinct(failed.map(cause => cause.message)) }
  const medias = offers.flatMap(offer => (offer.state === 'offered' ? offer.medias : []))
  // go2rtc's words for both: there is nothing to be had, or only from what the viewer itself feeds.
  if (medias.length === 0)
    return {
      code: offers.some(({ state }) => state === 'excluded') ? 'source_loop' : 'no_source',
      message: 'unknown error',
    }
  const offered = joinDistinct(codecTexts(medias.filter(media => media.direction === 'recvonly')))
  const wanted = joinDistinct(codecTexts(wants.filter(media => media.direction === 'sendonly')))
  return { code: 'codec_mismatch', message: `codecs not matched: ${offered} => ${wanted}` }
}
