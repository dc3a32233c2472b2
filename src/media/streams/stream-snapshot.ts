import type { FactCause, SourceState } from './stream-facts.ts'

/** A codec as go2rtc's JSON has it. */
export type CodecJson = Readonly<Record<string, string | number>>

/** A track that is received: go2rtc's `receivers`. */
export interface ReceiverSnapshot {
  readonly id: number
  readonly codec: CodecJson
  readonly childs: readonly number[]
  readonly bytes: number
  readonly packets: number
}

/** A track that is sent: go2rtc's `senders`. */
export interface SenderSnapshot {
  readonly id: number
  readonly codec: CodecJson
  readonly parent: number
  readonly bytes: number
  readonly packets: number
  readonly drops: number
}

/** A connection as plain data, in go2rtc's words; empty strings and zeros where nothing is known. */
export interface ConnectionSnapshot {
  readonly id: number
  readonly formatName: string
  readonly protocol: string
  readonly remoteAddress: string
  readonly userAgent: string
  /** What it really runs or asks for, where the source as configured does not say. */
  readonly source: string
  /** What was dialed in the end, where that differs from the source as configured. */
  readonly url: string
  readonly sdp: string
  readonly medias: readonly string[]
  readonly bytesReceived: number
  readonly bytesSent: number
}

/** One codec that a source offers, ready to be shown. */
export interface TrackSnapshot {
  readonly kind: 'video' | 'audio'
  /** SDP name. */
  readonly codec: string
  /** As people say it: `H264 High 1920×1080`, `AAC 48 kHz stereo`. */
  readonly label: string
}

/** One source of a stream and what it is doing. */
export interface SourceSnapshot {
  /** As configured, credentials included; where it was published, when it was. */
  readonly url: string
  /** Somebody publishes it; it is no part of the configuration. */
  readonly published: boolean
  readonly state: SourceState
  readonly cause?: FactCause
  readonly retryAt?: number
  /** What it offers; of the last time it was dialed. */
  readonly tracks: readonly TrackSnapshot[]
  /** Present while it is live. */
  readonly connection?: ConnectionSnapshot
  readonly receivers: readonly ReceiverSnapshot[]
  /** What is said to it: its talk-back. */
  readonly senders: readonly SenderSnapshot[]
}

/** One viewer of a stream. */
export interface ConsumerSnapshot {
  readonly connection: ConnectionSnapshot
  readonly senders: readonly SenderSnapshot[]
  /** What it says back: its microphone. */
  readonly receivers: readonly ReceiverSnapshot[]
}

/** What a stream as a whole is doing. */
export type StreamState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'paused' | 'failed'

/** What little of a stream is asked again and again. */
export interface StreamActivity {
  readonly state: StreamState
  /** Media bytes its sources have received since it was set. */
  readonly receivedBytes: number
}

/** A stream as plain data, for APIs and for the admin. */
export interface StreamSnapshot {
  readonly id: string
  readonly name: string
  readonly state: StreamState
  /** Why it is not live, when it should be. */
  readonly cause?: FactCause
  readonly sources: readonly SourceSnapshot[]
  readonly consumers: readonly ConsumerSnapshot[]
  /** Whether a viewer has ever joined: go2rtc writes `null` before. */
  readonly everWatched: boolean
}
