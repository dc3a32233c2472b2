import { canTranscode, transcodedCodec } from '../codecs/transcode.ts'
import { type Codec, codecServes } from '../core/codec.ts'
import type { Media } from '../core/media.ts'
import type { FactCause } from './stream-facts.ts'

/** What is known of one source while a consumer is being fed. `excluded`: the consumer is part of that source itself. */
export type Offer =
  | { readonly state: 'undialed' }
  | { readonly state: 'offered'; readonly medias: readonly Media[]; readonly refusals?: readonly FactCause[] }
  | { readonly state: 'failed'; readonly cause: FactCause }
  | { readonly state: 'excluded' }

/** One want, the source and media that serve it, and the agreed codec. */
export interface Match {
  readonly want: Media
  /** Which of the want's tracks it is, from 0: a want of `ALL` gets every track there is. */
  readonly nth: number
  readonly source: number
  readonly media: Media
  /** Of the source's media. */
  readonly codec: Codec
  /** The consumer's side of it: what it wanted, or says, with what it left open filled in. */
  readonly consumerCodec: Codec
  /** The two differ, and the engine makes one of the other. */
  readonly transcoded: boolean
}

/** Whether the engine can make what a want and a media do not have in common; which way depends on who speaks. */
export const isTranscodable = (want: Media, offered: Codec, wanted: Codec): boolean =>
  want.direction === 'sendonly' ? canTranscode(offered, wanted) : canTranscode(wanted, offered)

/** What to do next. */
export type Plan =
  | { readonly step: 'dial'; readonly source: number }
  | { readonly step: 'connect'; readonly matches: readonly Match[] }

/**
 * Decides the next step in feeding a consumer, by go2rtc's rules. Wants are served in their order, each by the
 * first source in order that can; a source is dialed only when no earlier one could serve: a plan may say "dial
 * this first, then ask again". Within a source its medias and their codecs come before the consumer's order. A
 * want of `ALL` takes every media of its kind, of all sources. What the consumer says (`recvonly`) goes by the
 * same rules to medias that listen (`sendonly`). What nobody serves as it is, is made of PCM samples where that
 * is possible. Pure: dialing and connecting belong to `negotiate`.
 */
export const plan = (wants: readonly Media[], offers: readonly Offer[]): Plan => {
  const matches: Match[] = []
  for (const want of wants) {
    const all = want.codecs.some(({ name }) => name === 'ALL')
    let nth = 0
    for (const [source, offer] of offers.entries()) {
      if (nth > 0 && !all) break
      if (offer.state === 'undialed') return { step: 'dial', source }
      if (offer.state !== 'offered') continue
      for (const media of offer.medias) {
        if (nth > 0 && !all) break
        const pair = matchMedia(want, media)
        if (pair !== undefined) matches.push({ want, nth: nth++, source, media, ...pair, transcoded: false })
      }
    }
    const made = nth === 0 ? matchTranscoded(want, offers) : undefined
    if (made !== undefined) matches.push(made)
  }
  return { step: 'connect', matches }
}

/** Whether a want and a media can be talked of together: the same kind, and one gives what the other takes. */
export const facesMedia = (want: Media, media: Media): boolean =>
  media.kind === want.kind && media.direction !== want.direction

const matchMedia = (want: Media, media: Media): Pick<Match, 'codec' | 'consumerCodec'> | undefined => {
  if (!facesMedia(want, media)) return undefined
  for (const codec of media.codecs) {
    for (const wanted of want.codecs) {
      if (codecServes(codec, wanted)) return { codec, consumerCodec: filledIn(wanted, codec) }
    }
  }
  return undefined
}

const matchTranscoded = (want: Media, offers: readonly Offer[]): Match | undefined => {
  for (const [source, offer] of offers.entries()) {
    if (offer.state !== 'offered') continue
    for (const media of offer.medias.filter(one => facesMedia(want, one))) {
      for (const codec of media.codecs) {
        const wanted = want.codecs.find(one => isTranscodable(want, codec, one))
        if (wanted === undefined) continue
        const consumerCodec = want.direction === 'sendonly' ? (transcodedCodec(codec, wanted) ?? wanted) : wanted
        return { want, nth: 0, source, media, codec, consumerCodec, transcoded: true }
      }
    }
  }
  return undefined
}

/** A wish with what it leaves open as the source has it. */
const filledIn = (wanted: Codec, offered: Codec): Codec =>
  wanted.name === 'ALL' || wanted.name === 'ANY'
    ? offered
    : {
        ...wanted,
        clockRate: wanted.clockRate || offered.clockRate,
        channels: wanted.channels || offered.channels,
      }
