import type { CloseReason } from '../runtime/lifetime.ts'
import type { NegotiationRecord } from './negotiation.ts'
import type { SourceNote } from './scheme.ts'

/** What one source is doing. */
export type SourceState = 'idle' | 'dialing' | 'live' | 'waiting' | 'paused'

/** Why something is as it is: `code` is for programs, `message` for people. */
export type FactCause = CloseReason

/** What happened to a stream, in the past tense: plain data, with everything needed to explain it later. */
export type StreamFact =
  | {
      readonly type: 'SourceStateChanged'
      readonly streamId: string
      /** Its place among the sources; −1 for one that was removed and is being let go. */
      readonly source: number
      readonly state: SourceState
      readonly cause?: FactCause
      /** Unix milliseconds of the next dial, when one is planned. */
      readonly retryAt?: number
    }
  | { readonly type: 'SourceNoted'; readonly streamId: string; readonly source: number; readonly note: SourceNote }
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
