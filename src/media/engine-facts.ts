import type { NegotiationRecord } from './streams/negotiation.ts'

/** Why something is as it is: `code` is for programs, `message` for people. */
export interface FactCause {
  readonly code: string
  readonly message: string
}

/** What one source is doing. */
export type SourceState = 'idle' | 'dialing' | 'live' | 'waiting' | 'paused'

/**
 * What the engine tells, in the past tense, with no promise that anybody listens. A fact is plain
 * data; everything needed to explain it later is in it.
 */
export type EngineFact =
  | {
      readonly type: 'SourceStateChanged'
      readonly streamId: string
      readonly source: number
      readonly state: SourceState
      readonly cause?: FactCause
      /** Unix milliseconds of the next dial, when one is planned. */
      readonly retryAt?: number
    }
  | {
      readonly type: 'ConsumerJoined'
      readonly streamId: string
      readonly consumer: number
      readonly negotiation: NegotiationRecord
    }
  | {
      readonly type: 'ConsumerRefused'
      readonly streamId: string
      readonly cause: FactCause
      readonly negotiation: NegotiationRecord
    }
  | { readonly type: 'ConsumerMoved'; readonly streamId: string; readonly consumer: number; readonly source: number }
  | { readonly type: 'ConsumerLeft'; readonly streamId: string; readonly consumer: number; readonly cause: FactCause }
