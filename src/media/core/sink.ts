/**
 * Where a consumer's bytes end up: a socket, a response, a WebSocket, a pipe. Never waits and never
 * throws: what cannot be written is counted as pending, and a closed sink swallows everything.
 */
export interface Sink {
  /** Bytes accepted by `write` that the other side has not taken yet. */
  readonly pendingBytes: number
  /** One message: `head` alone, or `head` followed by `body`, which are not joined by copying. */
  write(head: Buffer, body?: Buffer): void
  /** Ends the connection behind it. Idempotent. */
  end(): void
}

/** A sink that can also say things in words: a WebSocket with its text frames. */
export interface MessageSink extends Sink {
  /** One message to the other side, outside the media. */
  tell(type: string, value: string): void
}
