/** What one source is doing, as the engine says it. */
export type LiveSourceState = 'idle' | 'dialing' | 'live' | 'waiting' | 'paused'

/** What a stream as a whole is doing, as the engine says it. */
export type LiveStreamState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'paused' | 'failed'

/** What went wrong: `code` is for programs, `message` for people. */
export interface Cause {
  readonly code: string
  readonly message: string
}

/** One codec that a source offers, ready to be shown. */
export interface LiveTrack {
  readonly kind: string
  readonly codec: string
  readonly label: string
}

/** What is shown of a connection. */
export interface LiveConnection {
  readonly id: number
  readonly formatName: string
  readonly protocol: string
  readonly remoteAddress: string
  readonly userAgent: string
  readonly bytesReceived: number
  readonly bytesSent: number
}

/** One source of a stream; `url` has its credentials. */
export interface LiveSource {
  readonly url: string
  readonly state: LiveSourceState
  readonly cause?: Cause
  readonly retryAt?: number
  readonly tracks: readonly LiveTrack[]
  readonly connection?: LiveConnection
}

/** One viewer of a stream. */
export interface LiveViewer {
  readonly connection: LiveConnection
  readonly senders: readonly { readonly drops: number }[]
}

/** A stream as it runs, with what only time can tell. */
export interface LiveStream {
  readonly snapshot: {
    readonly id: string
    readonly state: LiveStreamState
    readonly cause?: Cause
    readonly sources: readonly LiveSource[]
    readonly consumers: readonly LiveViewer[]
  }
  readonly bitsPerSecond: number
}

/** What a source answered when it was dialed once. */
export interface LiveProbe {
  readonly tracks: readonly LiveTrack[]
  readonly tookMs: number
  readonly problem?: Cause
}

/** Everything that GraphQL needs to know of what runs; the server says who knows it. */
export interface Live {
  readonly schemes: readonly string[]
  stream(id: string): LiveStream | undefined
  notIdle(): readonly LiveStream[]
  /** Tells which streams to look at again, ten times a second at most. Dispose to stop. */
  onChange(listener: (streamIds: ReadonlySet<string>) => void): Disposable
  /** Never rejects. */
  probe(source: string, signal: AbortSignal): Promise<LiveProbe>
}
