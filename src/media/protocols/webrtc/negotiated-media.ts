import type { Codec } from '../../core/codec.ts'
import type { RemoteMedia } from './remote-description.ts'

/** One form of a codec that both sides have a number for. */
export interface NegotiatedPayload {
  readonly codec: Codec
  readonly payloadType: number
  /** Number of its retransmissions (RFC 4588), where both sides have them. */
  readonly retransmissionType?: number
}

/** What we send on an m-line. */
export interface SentMedia {
  /** What it may be sent in, the usual one first. */
  readonly payloads: readonly NegotiatedPayload[]
  readonly ssrc: number
  /** Of the retransmissions, where the peer takes them. */
  readonly retransmissionSsrc?: number
}

/** What we take on an m-line: the peer is to send it in this. */
export interface ReceivedMedia {
  readonly payload: NegotiatedPayload
  /** Ours, for what we say of what comes. */
  readonly ssrc: number
}

/** What becomes of one m-line: nothing, one direction, or both. */
export interface NegotiatedMedia {
  readonly sends?: SentMedia
  readonly receives?: ReceivedMedia
}

/** A codec of an m-line as one of its payloads. */
export const payloadOf = (codec: Codec, { retransmissions }: RemoteMedia): NegotiatedPayload => {
  const payloadType = codec.payloadType ?? 0
  const retransmissionType = retransmissions.get(payloadType)
  return { codec, payloadType, ...(retransmissionType !== undefined && { retransmissionType }) }
}
