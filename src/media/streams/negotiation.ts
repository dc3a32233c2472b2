import { type Codec, codecServes, formatCodec, printCodecName } from '../core/codec.ts'
import { formatMedia, type Media } from '../core/media.ts'
import type { FactCause } from './stream-facts.ts'

/** What is known of one source while a consumer is being fed. */
export type Offer =
  | { readonly state: 'undialed' }
  | { readonly state: 'offered'; readonly medias: readonly Media[] }
  | { readonly state: 'failed'; readonly cause: FactCause }

/** One want, the source and media that serve it, and the agreed codec (the source's). */
export interface Match {
  readonly want: Media
  readonly source: number
  readonly media: Media
  readonly codec: Codec
}

/** What to do next. */
export type Plan =
  | { readonly step: 'dial'; readonly source: number }
  | { readonly step: 'connect'; readonly matches: readonly Match[] }

/** Why one offered codec did or did not serve one wanted codec. */
export type Verdict = 'match' | 'other codec' | 'other rate' | 'other channels'

/** One pair that was compared. */
export interface Comparison {
  readonly want: number
  readonly source: number
  readonly offered: string
  readonly wanted: string
  readonly verdict: Verdict
}

/** Everything that was wanted, offered, compared and decided while one consumer was fed. Plain data. */
export interface NegotiationRecord {
  /** The consumer's medias, as in go2rtc's JSON. */
  readonly wants: readonly string[]
  /** The sources in order; `medias` of those that were dialed. */
  readonly offers: readonly {
    readonly state: Offer['state']
    readonly medias: readonly string[]
    readonly cause?: FactCause
  }[]
  readonly comparisons: readonly Comparison[]
  /** `partial`: some wants are not served. */
  readonly outcome: 'connected' | 'partial' | 'failed'
  readonly cause?: FactCause
}

/**
 * Decides the next step in feeding a consumer. Sources are tried in order, and one is dialed only
 * when no earlier one could serve: a plan may say "dial this first, then ask again". The first
 * match of a want is taken. Pure: dialing and connecting belong to `Stream`.
 */
export const plan = (wants: readonly Media[], offers: readonly Offer[]): Plan => {
  const matches: Match[] = []
  for (const want of wants) {
    for (const [source, offer] of offers.entries()) {
      if (offer.state === 'undialed') return { step: 'dial', source }
      if (offer.state === 'failed') continue
      const match = matchMedia(want, source, offer.medias)
      if (match === undefined) continue
      matches.push(match)
      break
    }
  }
  return { step: 'connect', matches }
}

/** The first media of a source that serves a want: the source's order of codecs comes before the consumer's. */
const matchMedia = (want: Media, source: number, medias: readonly Media[]): Match | undefined => {
  for (const media of medias) {
    if (media.kind !== want.kind || media.direction === want.direction) continue
    for (const codec of media.codecs) {
      if (want.codecs.some(wanted => codecServes(codec, wanted))) return { want, source, media, codec }
    }
  }
  return undefined
}

const judge = (offered: Codec, wanted: Codec): Verdict => {
  if (codecServes(offered, wanted)) return 'match'
  if (offered.name !== wanted.name) return 'other codec'
  return wanted.clockRate !== 0 && offered.clockRate !== wanted.clockRate ? 'other rate' : 'other channels'
}

/** Every pair that `plan` had to look at, in its order, up to the match of each want. */
const compare = (wants: readonly Media[], offers: readonly Offer[]): readonly Comparison[] =>
  wants.flatMap((want, index) => {
    const seen: Comparison[] = []
    for (const [source, offer] of offers.entries()) {
      if (offer.state !== 'offered') continue
      for (const media of offer.medias) {
        if (media.kind !== want.kind || media.direction === want.direction) continue
        for (const codec of media.codecs) {
          for (const wanted of want.codecs) {
            const verdict = judge(codec, wanted)
            seen.push({ want: index, source, offered: formatCodec(codec), wanted: formatCodec(wanted), verdict })
            if (verdict === 'match') return seen
          }
        }
      }
    }
    return seen
  })

/** The record of one negotiation, from what it ended with. */
export const recordNegotiation = (
  wants: readonly Media[],
  offers: readonly Offer[],
  matches: readonly Match[],
  cause?: FactCause,
): NegotiationRecord => ({
  wants: wants.map(formatMedia),
  offers: offers.map(offer => ({
    state: offer.state,
    medias: offer.state === 'offered' ? offer.medias.map(formatMedia) : [],
    ...(offer.state === 'failed' && { cause: offer.cause }),
  })),
  comparisons: compare(wants, offers),
  outcome: matches.length === 0 ? 'failed' : matches.length < wants.length ? 'partial' : 'connected',
  ...(cause !== undefined && { cause }),
})

const joinDistinct = (texts: readonly string[]): string =>
  texts.reduce((joined, text) => (joined.includes(text) ? joined : joined === '' ? text : `${joined}, ${text}`), '')

const codecTexts = (medias: readonly Media[]): readonly string[] =>
  medias.flatMap(media => media.codecs.map(codec => `${media.kind}:${printCodecName(codec.name)}`))

/** Why nothing matched, in go2rtc's words (without its `streams: `): the sources' errors, or both sides' codecs. */
export const explainFailure = (wants: readonly Media[], offers: readonly Offer[]): FactCause => {
  const failed = offers.flatMap(offer => (offer.state === 'failed' ? [offer.cause] : []))
  if (failed.length > 0) return { code: failed[0]!.code, message: joinDistinct(failed.map(cause => cause.message)) }
  const medias = offers.flatMap(offer => (offer.state === 'offered' ? offer.medias : []))
  if (medias.length === 0) return { code: 'no_source', message: 'unknown error' }
  const offered = joinDistinct(codecTexts(medias.filter(media => media.direction === 'recvonly')))
  const wanted = joinDistinct(codecTexts(wants.filter(media => media.direction === 'sendonly')))
  return { code: 'codec_mismatch', message: `codecs not matched: ${offered} => ${wanted}` }
}
