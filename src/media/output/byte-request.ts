import type { Codec, Kind } from '../core/codec.ts'
import type { Media } from '../core/media.ts'
import type { Sink } from '../core/sink.ts'

/** A viewer that asks for bytes of one format. */
export interface ByteRequest {
  /** What carries them, in go2rtc's word. */
  readonly protocol: 'http' | 'ws'
  readonly remoteAddress: string
  readonly userAgent: string
  readonly sink: Sink
  /** Told once, before the first byte. */
  readonly opened: () => void
}

/** One track of a kind, in one of these codecs, whatever their rate. */
export const wishFor = (kind: Kind, ...names: readonly string[]): Media => ({
  kind,
  direction: 'sendonly',
  codecs: names.map((name): Codec => ({ kind, name, clockRate: 0, channels: 0, formatParameters: '' })),
  id: kind,
})
