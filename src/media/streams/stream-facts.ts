import type { Kind } from '../core/codec.ts'
import type { Consumer } from '../core/consumer.ts'
import type { SessionRecord } from '../core/session-record.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import type { NegotiationRecord } from './negotiation-record.ts'
import type { SourceNote } from './scheme.ts'

/** What one source is doing. */
export type SourceState = 'idle' | 'dialing' | 'live' | 'waiting' | 'paused'

/** Why something is as it is: `code` is for programs, `message` for people. */
export type FactCause = CloseReason

/** Who a consumer is, for those who hear of it later. */
export interface ConsumerDescription {
  readonly consumer: number
  readonly formatName: string
  readonly protocol: string
  readonly remoteAddress: string
  readonly userAgent: string
}

/** A consumer as facts tell of it. */
export const describeConsumer = ({ info }: Consumer): ConsumerDescription => ({
  consumer: info.id,
  formatName: info.formatName,
  protocol: info.protocol,
  remoteAddress: info.remoteAddress,
  userAgent: info.userAgent,
})

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
  | (ConsumerDescription & {
      readonly type: 'ConsumerJoined'
      readonly streamId: string
      readonly negotiation: NegotiationRecord
    })
  | (ConsumerDescription & {
      readonly type: 'ConsumerRefused'
      readonly streamId: string
      readonly cause: FactCause
      readonly negotiation: NegotiationRecord
    })
  | { readonly type: 'ConsumerMoved'; readonly streamId: string; readonly consumer: number; readonly source: number }
  | {
      /** Its source came back, or was replaced, and one of its tracks did not. */
      readonly type: 'ConsumerLacks'
      readonly streamId: string
      readonly consumer: number
      readonly kind: Kind
      readonly negotiation: NegotiationRecord
    }
  | {
      readonly type: 'ConsumerLeft'
      readonly streamId: string
      readonly consumer: number
      readonly cause: FactCause
      /** Over its whole stay. */
      readonly sums: { readonly bytesSent: number; readonly bytesReceived: number; readonly droppedCount: number }
      /** Where its protocol has more to tell. */
      readonly session?: SessionRecord
    }
  | {
      /** A source's connection has ended, for whatever reason, and there is more to tell of it. */
      readonly type: 'SourceSessionEnded'
      readonly streamId: string
      /** Its place among the sources; −1 for one that is gone. */
      readonly source: number
      readonly cause: FactCause
      readonly session: SessionRecord
    }
