import type { AccessUnit } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'

/** A track as whoever writes a container sees it. */
export interface MuxedTrack {
  /** From 1. */
  readonly id: number
  readonly codec: Codec
  /** What a decoder needs first, as in `AccessUnit`; empty where nothing is needed, or nothing known. */
  readonly configuration: readonly Buffer[]
}

/** A unit's place in what one viewer sees, in ticks of its codec's clock, from 0. */
export interface Placed {
  readonly decodeTime: number
  /** At least 1. */
  readonly duration: number
  /** Presentation minus decoding time; may be negative. */
  readonly compositionOffset: number
}

/** Takes one message: `head` alone, or `head` followed by `body`. */
export type WriteBytes = (head: Buffer, body?: Buffer) => void

/** Writes one container for one viewer, as its units come. */
export interface Muxer {
  /** Whether tracks of this codec go in. */
  takes(codec: Codec): boolean
  /**
   * What stands before the units: called before the first one, and again before the keyframe from which on a track's
   * configuration is another. Throws `MalformedError` when a configuration cannot be read.
   */
  open(tracks: readonly MuxedTrack[], write: WriteBytes): void
  unit(track: MuxedTrack, unit: AccessUnit, placed: Placed, write: WriteBytes): void
}
