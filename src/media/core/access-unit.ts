import type { Millis, Ticks } from '../runtime/units.ts'

/** How the parts of an access unit stand in a file: NAL units get a length, frames stand alone. */
export type Framing = 'nal' | 'frame'

/** What a track's fan-out and caches need to know of anything that flows. */
export interface TrackUnit {
  /** A viewer may begin here: it begins a keyframe. Every audio unit does. */
  readonly keyframe: boolean
  readonly sizeBytes: number
  /** When its last byte came, by the engine's monotonic clock. */
  readonly arrivedAt: Millis
}

/** What an access unit is made of. */
export interface AccessUnitParts {
  readonly keyframe: boolean
  readonly decodingTime: Ticks
  /** Presentation minus decoding time, in ticks. Default 0. */
  readonly compositionOffset?: number
  readonly framing: Framing
  /** NAL units without start code or length, in decoding order; or the one frame of an audio codec. At least one. */
  readonly parts: readonly Buffer[]
  readonly configuration: readonly Buffer[]
  readonly arrivedAt: Millis
  /** The parts strung together as `AccessUnit.sample` has them, where their maker has them so already. */
  readonly sample?: Buffer
}

/**
 * Everything of one instant of one track: a picture or an audio frame. Immutable and owning its
 * bytes, so that caches may keep it; each output form is made once, on first demand, and shared.
 */
export class AccessUnit implements TrackUnit {
  readonly keyframe: boolean
  /** On the engine's timeline (its monotonic clock) in ticks of the codec's clock. Never goes back within a track. */
  readonly decodingTime: Ticks
  readonly compositionOffset: number
  readonly framing: Framing
  readonly parts: readonly Buffer[]
  /**
   * What a decoder needs before this unit: `[SPS, PPS]`, `[VPS, SPS, PPS]`, `[AudioSpecificConfig]`, or nothing.
   * The same array as the unit before while it has not changed: compare by reference.
   */
  readonly configuration: readonly Buffer[]
  readonly arrivedAt: Millis
  readonly sizeBytes: number
  #lengthPrefixed: Buffer | undefined

  constructor(from: AccessUnitParts) {
    this.keyframe = from.keyframe
    this.decodingTime = from.decodingTime
    this.compositionOffset = from.compositionOffset ?? 0
    this.framing = from.framing
    this.parts = from.parts
    this.configuration = from.configuration
    this.arrivedAt = from.arrivedAt
    this.#lengthPrefixed = from.sample
    let size = 0
    for (const part of from.parts) size += part.length + (from.framing === 'nal' ? 4 : 0)
    this.sizeBytes = size
  }

  /** As an MP4 sample (ISO/IEC 14496-15 §4.3.2): NAL units with 4-byte lengths, frames as they are. Made once. */
  get sample(): Buffer {
    this.#lengthPrefixed ??= this.framing === 'nal' ? this.#prefix() : this.#join()
    return this.#lengthPrefixed
  }

  #prefix(): Buffer {
    const sample = Buffer.allocUnsafeSlow(this.sizeBytes)
    let at = 0
    for (const part of this.parts) {
      sample.writeUInt32BE(part.length, at)
      sample.set(part, at + 4)
      at += 4 + part.length
    }
    return sample
  }

  #join(): Buffer {
    const [only] = this.parts
    return this.parts.length === 1 && only !== undefined ? only : Buffer.concat(this.parts, this.sizeBytes)
  }
}
