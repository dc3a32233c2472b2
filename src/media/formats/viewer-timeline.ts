import { opusSamples } from '../codecs/opus/toc.ts'
import type { AccessUnit } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'

/** Seconds without anything on any track after which a silence is left out, not shown. */
const SILENCE_SECONDS_MAX = 1
/** Seconds by which a track's times may go back and be squeezed; more, and they begin anew. */
const BACK_SECONDS_MAX = 1
/** How fast the expected duration follows the real ones. */
const SMOOTHING = 1 / 8
/** Expected durations of an unknown beginning: 25 pictures a second, AAC frames, 20 ms of anything else. */
const PICTURES_A_SECOND = 25
const AAC_FRAME_SAMPLES = 1024
const FRAMES_A_SECOND = 50

/** A unit's place in what one viewer sees, in ticks of its codec's clock, from 0. */
export interface Placed {
  readonly decodeTime: number
  readonly duration: number
  readonly compositionOffset: number
}

/**
 * One viewer's time: begins at 0 with its first unit, and is the same for all its tracks, so that
 * they stay together. Where nothing came for a while, on no track, the silence is left out.
 */
export class ViewerTimeline {
  /** The engine's time, in seconds, that is this viewer's 0. */
  #origin: number | undefined
  /** The newest unit of any track, in seconds of the engine's time. */
  #latest = 0

  /** Whether it has begun. */
  get begun(): boolean {
    return this.#origin !== undefined
  }

  /** Begins with this time of the engine, in seconds. */
  begin(seconds: number): void {
    this.#origin = seconds
    this.#latest = seconds
  }

  /** Seconds from the beginning; negative before it. */
  position(seconds: number): number {
    return seconds - (this.#origin ?? seconds)
  }

  /** Whether more time went by than a viewer is shown nothing for. */
  isSilence(seconds: number): boolean {
    return seconds - this.#latest > SILENCE_SECONDS_MAX
  }

  /** Makes this time of the engine stand at this position, both in seconds. */
  rebase(seconds: number, position: number): void {
    this.#origin = seconds - position
    this.#latest = seconds
  }

  /** Something of this time has been placed. */
  saw(seconds: number): void {
    this.#latest = Math.max(this.#latest, seconds)
  }
}

/**
 * One track on a viewer's timeline. Places units without a hole: a browser that finds one throws
 * pictures away until the next keyframe. So each begins where the one before ended, and lasts until
 * the next is expected; what that was wrong by is made good with the next one.
 */
export class TrackTimeline {
  readonly #viewer: ViewerTimeline
  readonly #codec: Codec
  readonly #clockRate: number
  /** Ticks. */
  #expectedDuration: number
  #measured = false
  #lastTime = 0
  #end: number | undefined
  #reordered = false

  constructor(viewer: ViewerTimeline, codec: Codec) {
    this.#viewer = viewer
    this.#codec = codec
    this.#clockRate = codec.clockRate
    this.#expectedDuration = codec.clockRate / PICTURES_A_SECOND
  }

  /** Where a unit goes. `undefined`: it lies before the viewer's beginning, or sound where there is already some. */
  place(unit: AccessUnit): Placed | undefined {
    const seconds = unit.decodingTime / this.#clockRate
    if (!this.#viewer.begun) this.#viewer.begin(seconds)
    if (this.#end === undefined) return this.#first(unit, seconds)
    this.#follow(unit, seconds)
    const due = this.#due(seconds)
    if (this.#codec.kind === 'audio' && this.#end - due > this.#expectedDuration * 1.5) return undefined
    return this.#lay(unit, this.#end, due)
  }

  #first(unit: AccessUnit, seconds: number): Placed | undefined {
    const due = this.#due(seconds)
    if (due < 0) return undefined
    this.#viewer.saw(seconds)
    this.#expectedDuration = usualDuration(this.#codec, unit)
    return this.#lay(unit, due, due)
  }

  /** Measures how long units last, and leaves silences and setbacks out. */
  #follow(unit: AccessUnit, seconds: number): void {
    const delta = unit.decodingTime - this.#lastTime
    if (this.#viewer.isSilence(seconds) || delta < -BACK_SECONDS_MAX * this.#clockRate)
      this.#viewer.rebase(seconds, this.#end! / this.#clockRate)
    else this.#viewer.saw(seconds)
    if (delta > 0 && delta <= this.#clockRate) this.#measure(delta)
  }

  #measure(delta: number): void {
    this.#expectedDuration += (delta - this.#expectedDuration) * (this.#measured ? SMOOTHING : 1)
    this.#measured = true
  }

  #due(seconds: number): number {
    return Math.round(this.#viewer.position(seconds) * this.#clockRate)
  }

  #lay(unit: AccessUnit, decodeTime: number, due: number): Placed {
    this.#lastTime = unit.decodingTime
    this.#end = Math.max(decodeTime + 1, Math.round(due + this.#expectedDuration))
    // With B-pictures the presentation is exact, whatever became of the decoding time.
    this.#reordered ||= unit.compositionOffset !== 0
    const compositionOffset = this.#reordered ? due + unit.compositionOffset - decodeTime : 0
    return { decodeTime, duration: this.#end - decodeTime, compositionOffset }
  }
}

/** What the first unit of a track probably lasts, in ticks. */
const usualDuration = (codec: Codec, unit: AccessUnit): number => {
  if (codec.kind === 'video') return codec.clockRate / PICTURES_A_SECOND
  if (codec.name === 'MPEG4-GENERIC') return AAC_FRAME_SAMPLES
  const samples = codec.name === 'OPUS' ? opusSamples(unit.sample) : undefined
  return samples ?? codec.clockRate / FRAMES_A_SECOND
}
