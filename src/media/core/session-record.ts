/** An address of one side, as it was told. */
export interface CandidateFact {
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay'
  readonly protocol: 'udp' | 'tcp'
  readonly address: string
  readonly port: number
}

/** What came of a way: nothing yet, an answer, none in time, a refusal, or its connection ended. */
export type PathOutcome = 'tried' | 'answered' | 'unanswered' | 'refused' | 'ended'

/** A way that was tried. */
export interface PathFact {
  /** Where our packets leave: from the port, or through a relay. */
  readonly from: 'port' | 'relay'
  readonly protocol: 'udp' | 'tcp'
  /** The peer's. */
  readonly address: string
  readonly port: number
  readonly outcome: PathOutcome
  /** Milliseconds since 1970 of the first check, ours or the peer's, and of the outcome. */
  readonly triedAt: number
  readonly outcomeAt?: number
}

/** A way that was chosen. */
export interface SelectionFact extends Pick<PathFact, 'from' | 'protocol' | 'address' | 'port'> {
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A STUN or TURN server that was asked. */
export interface ServerFact {
  /** As configured, without credentials. */
  readonly url: string
  /** Milliseconds since 1970 of the question's end. */
  readonly at: number
  /** Our address as it sees it, or the one it gives us: `host:port`. */
  readonly address?: string
  /** Why there is none. */
  readonly error?: string
}

/** How two sides found to each other. */
export interface WaysRecord {
  readonly role: 'controlling' | 'controlled'
  readonly local: readonly CandidateFact[]
  readonly remote: readonly CandidateFact[]
  readonly paths: readonly PathFact[]
  /** The last one is the one in use. */
  readonly selections: readonly SelectionFact[]
  readonly servers: readonly ServerFact[]
  /** Entries that no list had room for. */
  readonly leftOut: number
}

/** One m-line of a session: what the peer said, and what became of it. */
export interface LineFact {
  readonly mid: string
  readonly kind: string
  /** As the peer sees it. */
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** What the peer has, best first: `H264/90000`. */
  readonly codecs: readonly string[]
  /** What we send in, and what we take; both absent: the m-line was left inactive. */
  readonly sends?: string
  readonly receives?: string
}

/** What was sent on one m-line over the whole session. */
export interface SentFact {
  readonly mid: string
  readonly codec: string
  readonly packets: number
  readonly bytes: number
  /** Groups of packets that were left out for a peer that was too slow. */
  readonly dropped: number
  /** Packets the peer missed, as it said, and those that were sent again. */
  readonly missed: number
  readonly resent: number
  /** Keyframes the peer asked for. */
  readonly keyframeRequests: number
  /** Of the last report: 0 to 1 of the packets since the one before, and the way there and back in milliseconds. */
  readonly lostShare?: number
  readonly roundTripMs?: number
  /** Milliseconds since 1970. */
  readonly firstPacketAt?: number
  readonly firstKeyframeAt?: number
}

/** What came on one m-line over the whole session. */
export interface ReceivedFact {
  readonly mid: string
  readonly codec: string
  /** Packets that did not come at all, and those that came when they were asked for. */
  readonly lost: number
  readonly recovered: number
  readonly keyframeRequests: number
}

/** Something about a session that its user should know: `code` is for programs, `message` for people. */
export interface SessionNote {
  readonly code: string
  readonly message: string
}

/** The course of a session by WebRTC, as told when it ends: plain data, bounded. */
export interface SessionRecord {
  readonly protocol: 'webrtc'
  /** Who made the offer. */
  readonly offeredBy: 'peer' | 'us'
  readonly lines: readonly LineFact[]
  readonly ways: WaysRecord
  /** Milliseconds since 1970; what did not happen is missing. */
  readonly begunAt: number
  readonly selectedAt?: number
  readonly connectedAt?: number
  readonly sent: readonly SentFact[]
  readonly received: readonly ReceivedFact[]
  readonly notes: readonly SessionNote[]
}
