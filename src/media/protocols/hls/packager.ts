import { join } from '../../bytes/join.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Lane } from '../../formats/lanes.ts'
import type { Placed } from '../../formats/viewer-timeline.ts'
import type { SegmentStore } from './segment-store.ts'
import type { SegmentWriter } from './segment-writer.ts'

/** Seconds after which a segment ends at the next keyframe: cameras with one each second get segments of one second. */
export const SEGMENT_SECONDS_MIN = 0.9
/** Seconds after which it ends without a keyframe: a camera that hardly sends any shall not fill the memory. */
export const SEGMENT_SECONDS_MAX = 20
/** Bytes after which it does: 20 seconds at 6 Mbit/s. */
export const SEGMENT_BYTES_MAX = 16 * 1024 * 1024
/** Seconds of a part, unless a single picture lasts longer. */
export const PART_SECONDS = 0.5
/** Rounding of sums of durations. */
const EPSILON = 1e-6

/** Cuts a stream into segments that begin at keyframes, and those into parts; lengths are those of the first track. */
export class Packager {
  readonly #store: SegmentStore
  readonly #writer: SegmentWriter
  /** What the next segment needs first, and another one than before. */
  #nextMap: Buffer | undefined
  #begun = false
  #pieces: Buffer[] = []
  #independent = false
  #partSeconds = 0
  #segmentSeconds = 0
  #segmentBytes = 0

  constructor(store: SegmentStore, writer: SegmentWriter) {
    this.#store = store
    this.#writer = writer
  }

  /** What flows from the next keyframe of the first track on. Throws `MalformedError`. */
  open(lanes: readonly Lane[]): void {
    this.#nextMap = this.#writer.open(lanes)
  }

  /** Throws a `SegmentsFullError`. */
  push(lane: Lane, unit: AccessUnit, placed: Placed): void {
    const leads = lane.index === 0
    const seconds = leads ? placed.duration / lane.codec.clockRate : 0
    // Of another configuration, and nothing has begun that could be played with it.
    if (this.#nextMap !== undefined && !(leads && unit.keyframe)) return
    if (leads) this.#cut(unit, seconds)
    // The pictures have stopped, and the sound goes on.
    else if (this.#segmentBytes > SEGMENT_BYTES_MAX) return
    const pieces = this.#writer.write(lane, unit, placed)
    for (const piece of pieces) this.#segmentBytes += piece.length
    this.#pieces.push(...pieces)
    this.#partSeconds += seconds
    this.#segmentSeconds += seconds
  }

  /** Ends what this unit of the first track does not belong to any more. */
  #cut(unit: AccessUnit, seconds: number): void {
    const long = this.#segmentSeconds >= SEGMENT_SECONDS_MAX || this.#segmentBytes > SEGMENT_BYTES_MAX
    const due = unit.keyframe && this.#segmentSeconds >= SEGMENT_SECONDS_MIN
    if (this.#nextMap !== undefined || due || long) this.#beginSegment()
    else if (this.#partSeconds + seconds > PART_SECONDS + EPSILON) this.#endPart()
    else return
    this.#independent = unit.keyframe
  }

  #beginSegment(): void {
    this.#endPart()
    const discontinuity = this.#nextMap !== undefined && this.#begun
    this.#store.begin(this.#nextMap, discontinuity)
    this.#nextMap = undefined
    this.#begun = true
    this.#segmentSeconds = 0
    this.#segmentBytes = 0
    this.#writer.begin()
  }

  #endPart(): void {
    if (this.#pieces.length === 0) return
    const part = { bytes: join(this.#pieces), seconds: this.#partSeconds, independent: this.#independent }
    this.#pieces = []
    this.#partSeconds = 0
    this.#store.add(part)
  }
}
