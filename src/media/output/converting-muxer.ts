import { AccessUnit } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'
import type { MuxedTrack, Muxer, Placed, WriteBytes } from '../formats/muxer.ts'

/** Pictures in a row that could not be made, after which a viewer ends: a camera may send a broken one. */
const FAILURES_MAX = 3

/** How pictures are made into what a container takes. */
export interface ConvertingMuxerOptions {
  readonly muxer: Muxer
  /** Codecs that are converted first. */
  readonly converts: (codec: Codec) => boolean
  /** What is written in place of a unit. */
  readonly convert: (codec: Codec, unit: AccessUnit) => Promise<Buffer>
  /** Told when several in a row could not be made. */
  readonly failed: (error: unknown) => void
}

/**
 * Writes pictures that somebody else makes first, one at a time: those that come meanwhile are left out, so that a
 * viewer is behind by one picture and no more.
 */
export class ConvertingMuxer implements Muxer {
  readonly #options: ConvertingMuxerOptions
  #busy = false
  #failureCount = 0

  constructor(options: ConvertingMuxerOptions) {
    this.#options = options
  }

  takes(codec: Codec): boolean {
    return this.#options.converts(codec) || this.#options.muxer.takes(codec)
  }

  open(tracks: readonly MuxedTrack[], write: WriteBytes): void {
    this.#options.muxer.open(tracks, write)
  }

  unit(track: MuxedTrack, unit: AccessUnit, placed: Placed, write: WriteBytes): void {
    if (this.#options.converts(track.codec)) void this.#convert(track, unit, placed, write)
    else this.#options.muxer.unit(track, unit, placed, write)
  }

  async #convert(track: MuxedTrack, unit: AccessUnit, placed: Placed, write: WriteBytes): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      const made = await this.#options.convert(track.codec, unit)
      this.#failureCount = 0
      this.#options.muxer.unit(track, inPlaceOf(unit, made), placed, write)
    } catch (error) {
      this.#failureCount += 1
      if (this.#failureCount >= FAILURES_MAX) this.#options.failed(error)
    } finally {
      this.#busy = false
    }
  }
}

const inPlaceOf = ({ decodingTime, arrivedAt }: AccessUnit, made: Buffer): AccessUnit =>
  new AccessUnit({ keyframe: true, framing: 'frame', configuration: [], parts: [made], decodingTime, arrivedAt })
