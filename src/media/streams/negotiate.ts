import { asTranscoded } from '../codecs/transcode.ts'
import type { Codec } from '../core/codec.ts'
import type { Consumer } from '../core/consumer.ts'
import type { Media } from '../core/media.ts'
import type { Talk } from '../core/producer.ts'
import type { AnyTrack } from '../core/track.ts'
import { describeError } from '../runtime/errors.ts'
import { type Match, type Offer, plan } from './negotiation.ts'
import { explainFailure, type NegotiationRecord, recordNegotiation } from './negotiation-record.ts'
import type { FactCause } from './stream-facts.ts'
import type { StreamSource } from './stream-source.ts'

/** One want and what serves it: a track that will feed it, or a talk that it feeds. */
export interface Served {
  readonly want: Media
  readonly nth: number
  readonly source: StreamSource
  /** What the consumer gets, or what its voice arrives as. */
  readonly codec: Codec
  readonly by: { readonly track: AnyTrack } | { readonly talk: Talk }
}

/** How a negotiation ended. `cause` is set when nothing is served. */
export interface Negotiated {
  readonly served: readonly Served[]
  readonly record: NegotiationRecord
  readonly cause?: FactCause
}

/** Who is being fed, as far as a negotiation concerns it. */
export type Negotiator = Pick<Consumer, 'source' | 'track'>

/** Runs the plan: asks it, dials what it says, asks again, until it says whom to connect. Never rejects. */
export const negotiate = async (
  consumer: Negotiator,
  wants: readonly Media[],
  sources: readonly StreamSource[],
): Promise<Negotiated> => {
  const offers = sources.map(source => offerOf(source, consumer))
  for (;;) {
    const next = plan(wants, offers)
    if (next.step === 'dial') {
      offers[next.source] = await dial(sources[next.source]!)
      continue
    }
    const served = connect(consumer, next.matches, sources, offers)
    if (served === undefined) continue
    if (served.length > 0) return { served, record: recordNegotiation(wants, offers, next.matches) }
    const cause = explainFailure(wants, offers)
    return { served, cause, record: recordNegotiation(wants, offers, next.matches, cause) }
  }
}

/** A consumer that is part of a source must not be fed by it: `ffmpeg:porch#…` reads `porch`. */
const offerOf = (source: StreamSource, { source: own }: Negotiator): Offer => {
  if (own !== undefined && own === source.url) return { state: 'excluded' }
  const { producer } = source
  return producer === undefined ? { state: 'undialed' } : { state: 'offered', medias: producer.medias }
}

const dial = async (source: StreamSource): Promise<Offer> => {
  try {
    return { state: 'offered', medias: (await source.demand()).medias }
  } catch (error) {
    return { state: 'failed', cause: describeError(error) }
  }
}

/** Takes what was matched. `undefined`: something could not be had, and the offers say so now. */
const connect = (
  consumer: Negotiator,
  matches: readonly Match[],
  sources: readonly StreamSource[],
  offers: Offer[],
): readonly Served[] | undefined => {
  const served: Served[] = []
  for (const match of matches) {
    const source = sources[match.source]!
    const by = take(consumer, match, source)
    if (by === undefined) {
      for (const one of served) if ('talk' in one.by) one.by.talk[Symbol.dispose]()
      offers[match.source] = without(offers[match.source]!, match, source)
      return undefined
    }
    const { want, nth, transcoded } = match
    const codec = transcoded && want.direction === 'sendonly' ? match.consumerCodec : match.codec
    served.push({ want, nth, source, codec, by })
  }
  return served
}

const take = (consumer: Negotiator, match: Match, { producer }: StreamSource): Served['by'] | undefined => {
  if (producer === undefined) return undefined
  if (match.want.direction === 'sendonly') {
    const track = producer.track(match.media, match.codec)
    return track && { track }
  }
  const voice = consumer.track?.(match.want, match.consumerCodec)
  const heard = voice && (match.transcoded ? asTranscoded(voice, match.codec) : voice)
  const talk = heard && producer.talk?.(match.media, match.codec, heard)
  return talk && { talk }
}

/** Lost while another source was being dialed; or one of its medias cannot be had, and the others still can. */
const without = (offer: Offer, { media }: Match, source: StreamSource): Offer => {
  if (source.producer === undefined || offer.state !== 'offered')
    return { state: 'failed', cause: source.cause ?? { code: 'lost', message: 'the source was lost' } }
  const refusal = { code: 'media_refused', message: `the source offers ${media.kind} that could not be set up` }
  return {
    state: 'offered',
    medias: offer.medias.filter(one => one !== media),
    refusals: [...(offer.refusals ?? []), refusal],
  }
}
