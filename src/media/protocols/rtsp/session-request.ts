import type { RequestLine, TextHeaders } from '../../net/text-message.ts'
import type { CloseReason } from '../../runtime/lifetime.ts'

/** A client's request. */
export interface SessionRequest extends RequestLine {
  readonly headers: TextHeaders
  readonly body: Buffer
}

/** What a client is answered. */
export interface SessionAnswer {
  readonly status: string
  readonly headers?: TextHeaders
  readonly body?: Buffer
  /** Ends the connection after the answer. */
  readonly last?: CloseReason
  /** Runs once the answer is on its way. */
  readonly afterwards?: () => void
}

/** What a session does for its client: it plays a stream to it, or takes one from it. */
export interface SessionRole extends Disposable {
  /** Seconds without a word from the client after which it counts as gone. */
  readonly silenceSecondsMax: number
  /** One more track; gives its transport, or why not. */
  setUp(request: SessionRequest): SessionAnswer | Promise<SessionAnswer>
  /** Media begins to flow, whichever way. */
  begin(): void
  pause(): void
  /** An interleaved frame came: see `InterleavedHandler`. */
  frame(channel: number, memory: Buffer, start: number, end: number): void
  /** The connection has ended. */
  end(reason: CloseReason): void
}

/** The ways of carrying media that we do not have. */
export const unsupportedTransport: SessionAnswer = { status: '461 Unsupported transport' }

/** Whether a `Transport` header proposes packets inside the connection, among others perhaps. */
export const proposesTcp = (transport: string): boolean =>
  transport.split(',').some(one => /^\s*RTP\/AVP\/TCP\s*(?:;|$)/i.test(one))
