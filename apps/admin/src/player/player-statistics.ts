import type { Way } from './ways.ts'

/** What a player counted up to a moment. */
export interface Counters {
  /** Milliseconds, of any monotonic clock. */
  readonly atMs: number
  readonly bytes: number
  readonly frames: number
}

/** What people want to know of a player. What a way cannot know is missing. */
export interface PlayerStatistics {
  readonly way: Way
  /** `UDP` or `TCP`, for WebRTC. */
  readonly transport?: string
  readonly codecs: string
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  readonly bitsPerSecond?: number
  /** Seconds from the picture shown to the newest one received; for WebRTC, from the server to the screen. */
  readonly behindS?: number
  readonly dropped: number
  /** Packets that never came, for WebRTC. */
  readonly lost?: number
  /** Milliseconds by which packets come unevenly, for WebRTC. */
  readonly jitterMs?: number
  /** Milliseconds from asking to the first picture. */
  readonly firstFrameMs: number | undefined
}

/** Rates between two moments; zero when no time passed or the counters began anew. */
export function ratesBetween(
  before: Counters,
  after: Counters,
): { readonly framesPerSecond: number; readonly bitsPerSecond: number } {
  const seconds = (after.atMs - before.atMs) / 1000
  if (seconds <= 0) return { framesPerSecond: 0, bitsPerSecond: 0 }
  return {
    framesPerSecond: Math.max(0, after.frames - before.frames) / seconds,
    bitsPerSecond: (Math.max(0, after.bytes - before.bytes) * 8) / seconds,
  }
}

/** What a peer connection counted; sums over its tracks. */
export interface RtcCounters {
  readonly bytes: number
  readonly frames: number
  readonly dropped: number
  readonly lost: number
  readonly jitterMs: number | undefined
  readonly transport: string | undefined
  /** Seconds of all pictures in the jitter buffer, and how many pictures those were. */
  readonly bufferedS: number
  readonly emitted: number
  readonly roundTripS: number | undefined
}

/** One entry of `RTCPeerConnection.getStats`: what browsers leave out is missing. */
type Entry = Readonly<Record<string, unknown>>

/** Reads a report of statistics (W3C webrtc-stats), whichever browser made it. */
export function readRtcReport(entries: readonly Entry[]): RtcCounters {
  const inbound = entries.filter(({ type }) => type === 'inbound-rtp')
  const video = inbound.find(({ kind }) => kind === 'video') ?? inbound[0] ?? {}
  const total = (key: string): number => inbound.reduce((sum, entry) => sum + (numberAt(entry, key) ?? 0), 0)
  const jitter = numberAt(video, 'jitter')
  const pair = chosenPair(entries)
  const remote = entries.find(({ id }) => id === pair?.['remoteCandidateId'])
  const protocol = remote?.['protocol']
  return {
    bytes: total('bytesReceived'),
    lost: total('packetsLost'),
    frames: numberAt(video, 'framesDecoded') ?? 0,
    dropped: numberAt(video, 'framesDropped') ?? 0,
    jitterMs: jitter === undefined ? undefined : jitter * 1000,
    transport: typeof protocol === 'string' ? protocol.toUpperCase() : undefined,
    bufferedS: numberAt(video, 'jitterBufferDelay') ?? 0,
    emitted: numberAt(video, 'jitterBufferEmittedCount') ?? 0,
    roundTripS: pair && numberAt(pair, 'currentRoundTripTime'),
  }
}

/** Seconds from the server to the screen: the way, and the wait in the jitter buffer of the pictures in between. */
export function rtcDelayS(before: RtcCounters, after: RtcCounters): number | undefined {
  const pictures = after.emitted - before.emitted
  if (pictures <= 0) return undefined
  return Math.max(0, after.bufferedS - before.bufferedS) / pictures + (after.roundTripS ?? 0) / 2
}

/** Firefox marks the pair that is used as `selected`, the others name it in the transport. */
const chosenPair = (entries: readonly Entry[]): Entry | undefined => {
  const chosen = entries.find(({ type }) => type === 'transport')?.['selectedCandidatePairId']
  return entries.find(({ type, id, selected, nominated, state }) =>
    type === 'candidate-pair' && chosen !== undefined
      ? id === chosen
      : type === 'candidate-pair' && (selected === true || (nominated === true && state === 'succeeded')),
  )
}

const numberAt = (entry: Entry, key: string): number | undefined =>
  typeof entry[key] === 'number' ? entry[key] : undefined
