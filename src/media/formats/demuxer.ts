import type { Framing } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'
import type { Ticks } from '../runtime/units.ts'

/** Bytes of one unit: as much as an access unit may have anywhere. A larger one is not given. */
export const UNIT_BYTES_MAX = 5 * 1024 * 1024

/** One access unit as it came out of a container. Its parts are views of what was pushed, or of copies that nobody writes. */
export interface ContainerUnit {
  /** Which of the codecs told to `DemuxerSink.tracks` it belongs to. */
  readonly track: number
  readonly keyframe: boolean
  /** On the container's own timeline, in ticks of its codec's clock; `undefined` where the format has no times. */
  readonly decodingTime: Ticks | undefined
  /** Presentation minus decoding time, in ticks. */
  readonly compositionOffset: number
  readonly framing: Framing
  /** As `AccessUnit.parts`: without start codes, delimiters and parameter sets. At least one. */
  readonly parts: readonly Buffer[]
  /** As `AccessUnit.configuration`: the same array while it has not changed. */
  readonly configuration: readonly Buffer[]
}

/** Takes what a demuxer finds. */
export interface DemuxerSink {
  /** What flows, once, before the first unit. Nothing playable: an empty list. */
  tracks(codecs: readonly Codec[]): void
  unit(unit: ContainerUnit): void
}

/**
 * Reads one container as its bytes come, in pieces of any size, which must not change afterwards.
 * What is damaged costs its unit; what cannot be read at all throws `MalformedError` or `LimitError`,
 * and then it is over.
 */
export interface Demuxer {
  /** go2rtc's name of the format. Right once the tracks are told. */
  readonly formatName: string
  push(chunk: Buffer): void
  /** The time for finding out what flows is over: tells the tracks found so far, even none. */
  settle(): void
  /** No more bytes follow: gives what was waiting for its end. */
  end(): void
}

/** Makes the demuxer of one format. */
export type DemuxerFactory = (into: DemuxerSink) => Demuxer
