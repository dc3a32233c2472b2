import type { Media } from '../core/media.ts'
import type { AnyTrack } from '../core/track.ts'
import { describeError } from '../runtime/errors.ts'
import { explainFailure, type NegotiationRecord, type Offer, plan, recordNegotiation } from './negotiation.ts'
import type { ProducerSupervisor } from './producer-supervisor.ts'
import type { FactCause } from './stream-facts.ts'

/** One want and the track that will feed it. */
export interface Served {
  readonly want: Media
  readonly supervisor: ProducerSupervisor
  readonly track: AnyTrack
}

/** How a negotiation ended. `cause` is set when nothing is served. */
export interface Negotiated {
  readonly served: readonly Served[]
  readonly record: NegotiationRecord
  readonly cause?: FactCause
}

const offerOf = ({ producer }: ProducerSupervisor): Offer =>
  producer === undefined ? { state: 'undialed' } : { state: 'offered', medias: producer.medias }

const dial = async (supervisor: ProducerSupervisor): Promise<Offer> => {
  try {
    return { state: 'offered', medias: (await supervisor.demand()).medias }
  } catch (error) {
    return { state: 'failed', cause: describeError(error) }
  }
}

/** Runs the plan: asks it, dials what it says, asks again, until it says whom to connect. Never rejects. */
export const negotiate = async (
  wants: readonly Media[],
  supervisors: readonly ProducerSupervisor[],
): Promise<Negotiated> => {
  const offers = supervisors.map(offerOf)
  for (;;) {
    const next = plan(wants, offers)
    if (next.step === 'dial') {
      offers[next.source] = await dial(supervisors[next.source]!)
      continue
    }
    const served: Served[] = []
    let gone: number | undefined
    for (const { want, source, media } of next.matches) {
      const supervisor = supervisors[source]!
      const track = supervisor.producer?.track(media)
      if (track === undefined) gone = source
      else served.push({ want, supervisor, track })
    }
    if (gone !== undefined) {
      // Lost while another source was being dialed, or its media could not be set up.
      offers[gone] = {
        state: 'failed',
        cause: supervisors[gone]!.cause ?? { code: 'lost', message: 'the source was lost' },
      }
      continue
    }
    if (served.length > 0) return { served, record: recordNegotiation(wants, offers, next.matches) }
    const cause = explainFailure(wants, offers)
    return { served, cause, record: recordNegotiation(wants, offers, next.matches, cause) }
  }
}
