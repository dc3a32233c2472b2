import { join } from '../../bytes/join.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import type { Codec } from '../../core/codec.ts'
import type { MuxedTrack, Placed } from '../../formats/muxer.ts'
import type { Clock } from '../../runtime/clock.ts'
import { millis } from '../../runtime/units.ts'
import type { SegmentBeginning, SegmentStore } from './segment-store.ts'
import type { SegmentWriter } from './segment-writer.ts'

/** Seconds after which a segment ends at the next keyframe: cameras with one each second get segments of one second. */
export const SEGMENT_SECONDS_MIN = 0.9
/**
 * Seconds after which it ends without a keyframe: players give up who wait for more than nine. Cameras with one each
 * four or five seconds, which are many, still get whole groups of pictures.
 */
export const SEGMENT_SECONDS_MAX = 6
/** Bytes after which it does: 6 seconds at 20 Mbit/s. */
export const SEGMENT_BYTES_MAX = 16 * 1024 * 1024
/** Seconds of a part, unless a single picture lasts longer. */
export const PART_SECONDS = 0.5
/** Seconds of pictures that a part waits for the sound that goes with it: what a camera's sound comes later. */
export const SOUND_WAIT_SECONDS = 0.25
/** Rounding of sums of durations. */
const EPSILON = 1e-6

/** Where a unit of the first track goes, and how long it lasts, in seconds. */
interface Place {
  readonly time: number
  readonly seconds: number
}

interface GrowingPart {
  readonly pieces: Buffer[]
  readonly independent: boolean
  /** It is the first of a segment. */
  readonly beginning: SegmentBeginning | undefined
  /** Of the first track. */
  seconds: number
  unitCount: number
  /** Seconds on the viewer's time where the next one begins; `undefined`: it is the last. */
  end: number | undefined
}

/**
 * Cuts a stream into segments that begin at keyframes, and those into parts; lengths are those of the first track.
 * A part waits for the sound that goes with it: a player that finds less sound than pictures fetches it again.
 */
export class Packager {
  readonly #store: SegmentStore
  readonly #writer: SegmentWriter
  readonly #clock: Pick<Clock, 'now' | 'wallTime'>
  /** What the next segment needs first, and another one than before. */
  #nextMap: Buffer | undefined
  #hasSound = false
  /** Oldest first. Pictures go into the last one, sound where it belongs. */
  #parts: GrowingPart[] = []
  #segmentSeconds = 0
  #segmentBytes = 0
  /** Until when there is sound, in seconds; `undefined`: none has come. */
  #soundEnd: number | undefined

  constructor(store: SegmentStore, writer: SegmentWriter, clock: Pick<Clock, 'now' | 'wallTime'>) {
    this.#store = store
    this.#clock = clock
    this.#writer = writer
  }

  /** What flows from the next keyframe of the first track on. Throws `MalformedError`. */
  open(lanes: readonly MuxedTrack[]): void {
    this.#nextMap = this.#writer.open(lanes)
    this.#hasSound = lanes.length > 1
  }

  /** Throws a `SegmentsFullError`. */
  push(lane: MuxedTrack, unit: AccessUnit, placed: Placed): void {
    const leads = lane.id === 1
    const time = placed.decodeTime / lane.codec.clockRate
    const seconds = placed.duration / lane.codec.clockRate
    // Of another configuration, and nothing has begun that could be played with it.
    if (this.#nextMap !== undefined && !(leads && unit.keyframe)) return
    // The pictures have stopped, and the sound goes on.
    if (!leads && this.#segmentBytes > SEGMENT_BYTES_MAX) return
    if (leads) this.#cut(lane, unit, { time, seconds })
    const part = leads ? this.#parts.at(-1)! : this.#partOf(time)
    for (const piece of this.#writer.write(lane, unit, placed)) {
      part.pieces.push(piece)
      this.#segmentBytes += piece.length
    }
    if (leads) {
      part.seconds += seconds
      part.unitCount++
      this.#segmentSeconds += seconds
    } else this.#soundEnd = time + seconds
    while (this.#parts.length > 1 && this.#isWhole(this.#parts[0]!, time)) this.#publish()
  }

  /** Ends what this unit of the first track does not belong to any more. */
  #cut({ codec }: MuxedTrack, unit: AccessUnit, { time, seconds }: Place): void {
    const last = this.#parts.at(-1)
    const long = this.#segmentSeconds >= SEGMENT_SECONDS_MAX || this.#segmentBytes > SEGMENT_BYTES_MAX
    const due = unit.keyframe && this.#segmentSeconds >= SEGMENT_SECONDS_MIN
    const beginning = this.#nextMap !== undefined || due || long ? this.#beginSegment(codec, unit) : undefined
    if (beginning === undefined && last !== undefined && last.seconds + seconds <= PART_SECONDS + EPSILON) return
    if (last !== undefined) last.end = time
    this.#parts.push({ pieces: [], independent: unit.keyframe, beginning, seconds: 0, unitCount: 0, end: undefined })
    if (last === undefined) this.#tell(beginning)
    // What comes now cannot be played with what the parts before need.
    if (beginning?.discontinuity) while (this.#parts.length > 1) this.#publish()
  }

  #beginSegment({ clockRate }: Codec, { decodingTime, compositionOffset }: AccessUnit): SegmentBeginning {
    const discontinuity = this.#nextMap !== undefined && this.#parts.length > 0
    const takenAt = ((decodingTime + compositionOffset) * 1000) / clockRate
    const beganAt = millis(this.#clock.wallTime() - this.#clock.now() + takenAt)
    const beginning = { map: this.#nextMap, discontinuity, beganAt }
    this.#nextMap = undefined
    this.#segmentSeconds = 0
    this.#segmentBytes = 0
    this.#writer.begin()
    return beginning
  }

  #partOf(time: number): GrowingPart {
    return this.#parts.find(part => part.end === undefined || time < part.end) ?? this.#parts.at(-1)!
  }

  /** Whether its sound is there, is not to come, or has been waited for long enough. */
  #isWhole({ end = 0 }: GrowingPart, time: number): boolean {
    if (!this.#hasSound || this.#soundEnd === undefined) return true
    return this.#soundEnd >= end - EPSILON || time - end >= SOUND_WAIT_SECONDS
  }

  #publish(): void {
    const { pieces, seconds, independent, unitCount } = this.#parts.shift()!
    this.#store.add({ bytes: join(pieces), seconds, independent, unitCount })
    this.#tell(this.#parts[0]?.beginning)
  }

  /** The segment that a part begins is open as soon as the one before is whole. */
  #tell(beginning: SegmentBeginning | undefined): void {
    if (beginning !== undefined) this.#store.begin(beginning)
  }
}
