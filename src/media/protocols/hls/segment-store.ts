import { MediaError } from '../../runtime/errors.ts'
import type { Millis } from '../../runtime/units.ts'

/** Segments a playlist names. Players begin three target durations before the end. */
export const LISTED_COUNT = 6
/** Segments it names at most, where keyframes are rare: two minutes, back to the keyframe before the newest. */
export const LISTED_COUNT_MAX = 20
/** Segments that can still be fetched on top of these: who has an old playlist, or is slow, finds what it names. */
export const SPARE_COUNT = 4
/** Bytes of one stream's segments: ten of two seconds at 25 Mbit/s, two minutes at 4 Mbit/s. */
export const STORE_BYTES_MAX = 64 * 1024 * 1024

/** A piece of a segment that can be fetched before the rest is there (RFC 8216bis §4.4.4.9). */
export interface StoredPart {
  readonly bytes: Buffer
  readonly seconds: number
  /** Begins with a keyframe. */
  readonly independent: boolean
  /** Units of the first track. */
  readonly unitCount: number
}

/** What a segment begins with. */
export interface SegmentBeginning {
  /** What players need before it, where that is another than before. */
  readonly map: Buffer | undefined
  /** It does not go on where the one before ended: another initialization. */
  readonly discontinuity: boolean
  /** When its first picture was taken, in milliseconds since 1970 UTC. */
  readonly beganAt: Millis
}

/** One segment, as far as it is there. */
export interface StoredSegment extends Omit<SegmentBeginning, 'map'> {
  /** Its media sequence number. */
  readonly number: number
  /** Which initialization it needs. */
  readonly map: number
  readonly parts: readonly StoredPart[]
  readonly complete: boolean
  readonly seconds: number
  readonly sizeBytes: number
  /** It has been dropped: whoever still sends it stops. */
  readonly gone: boolean
}

/** Whether a player may begin with this segment. */
export const isIndependent = ({ parts }: StoredSegment): boolean => parts[0]?.independent === true

/** As many as usual; more where the two newest that a player may begin with are further back. */
const listedCount = (complete: readonly StoredSegment[]): number => {
  const newest = complete.findLastIndex(isIndependent)
  const before = newest <= 0 ? -1 : complete.slice(0, newest).findLastIndex(isIndependent)
  const begin = before === -1 ? newest : before
  const back = begin === -1 ? 0 : complete.length - begin
  return Math.min(complete.length, Math.max(LISTED_COUNT, Math.min(back, LISTED_COUNT_MAX)))
}

interface OwnSegment extends StoredSegment {
  readonly parts: StoredPart[]
  complete: boolean
  seconds: number
  sizeBytes: number
  gone: boolean
}

/** How much there is of a stream. */
export interface StoreTotals {
  readonly seconds: number
  readonly sizeBytes: number
  /** Units of the first track. */
  readonly unitCount: number
}

/** Bytes that all stores share. */
export interface StoreBudget {
  readonly bytesMax: number
  bytesUsed: number
}

/** All memory for segments is in use, and none of it is this store's to give back. */
export class SegmentsFullError extends MediaError {
  readonly code = 'segments_full'

  constructor() {
    super('no memory is left for HLS segments')
  }
}

/** The newest segments of one stream. Tells whoever waits for more. */
export class SegmentStore implements Disposable {
  readonly #budget: StoreBudget
  readonly #changed = new Set<() => void>()
  readonly #maps = new Map<number, Buffer>()
  #segments: OwnSegment[] = []
  #nextNumber = 0
  #mapCount = 0
  #discontinuities = 0
  #bytes = 0
  #longest = 0
  #longestPart = 0
  #ended = false

  constructor(budget: StoreBudget) {
    this.#budget = budget
  }

  /** Those that are complete and named by playlists, oldest first. */
  get listed(): readonly StoredSegment[] {
    const complete = this.#segments.filter(segment => segment.complete)
    return complete.slice(-listedCount(complete))
  }

  /** The one that grows; `undefined` before the first keyframe. */
  get open(): StoredSegment | undefined {
    const last = this.#segments.at(-1)
    return last?.complete === false ? last : undefined
  }

  /** Discontinuities before the first listed segment, its own included when it has one before it no more. */
  get discontinuitySequence(): number {
    const complete = this.#segments.filter(segment => segment.complete)
    const unlisted = complete.slice(0, -listedCount(complete) || undefined)
    return this.#discontinuities + unlisted.filter(segment => segment.discontinuity).length
  }

  /** Seconds of the longest segment so far: never shrinks, as players may not see it do so. */
  get longestSeconds(): number {
    return this.#longest
  }

  /** The same of parts. */
  get longestPartSeconds(): number {
    return this.#longestPart
  }

  /** The most bytes a second of the segments that are there; 0 before the first. */
  get peakBytesPerSecond(): number {
    const rates = this.#segments.map(one => (one.complete && one.seconds > 0 ? one.sizeBytes / one.seconds : 0))
    return Math.max(0, ...rates)
  }

  /** What the whole segments that are there add up to. */
  get totals(): StoreTotals {
    const totals = { seconds: 0, sizeBytes: 0, unitCount: 0 }
    for (const { complete, seconds, sizeBytes, parts } of this.#segments) {
      if (!complete) continue
      totals.seconds += seconds
      totals.sizeBytes += sizeBytes
      for (const part of parts) totals.unitCount += part.unitCount
    }
    return totals
  }

  get ended(): boolean {
    return this.#ended
  }

  segment(number: number): StoredSegment | undefined {
    return this.#segments.find(segment => segment.number === number)
  }

  /** An initialization by its number; without one the newest. */
  map(number = this.#mapCount - 1): Buffer | undefined {
    return this.#maps.get(number)
  }

  /** Begins a segment; the one before is complete. */
  begin({ map, discontinuity, beganAt }: SegmentBeginning): void {
    this.#complete()
    if (map !== undefined) this.#maps.set(this.#mapCount++, map)
    const known = { number: this.#nextNumber++, map: this.#mapCount - 1, discontinuity, beganAt }
    this.#segments.push({ ...known, parts: [], complete: false, seconds: 0, sizeBytes: 0, gone: false })
    this.#tell()
  }

  /** Adds to the segment that was begun. Throws a `SegmentsFullError`. */
  add(part: StoredPart): void {
    const open = this.#segments.at(-1)
    if (this.#ended || open === undefined || open.complete) return
    open.parts.push(part)
    open.seconds += part.seconds
    open.sizeBytes += part.bytes.length
    this.#count(part.bytes.length)
    this.#longestPart = Math.max(this.#longestPart, part.seconds)
    this.#makeRoom()
    this.#tell()
  }

  /** Calls `look` after each change, until disposed. */
  watch(look: () => void): Disposable {
    this.#changed.add(look)
    return { [Symbol.dispose]: () => void this.#changed.delete(look) }
  }

  #complete(): void {
    const open = this.#segments.at(-1)
    if (open === undefined || open.complete) return
    open.complete = true
    this.#longest = Math.max(this.#longest, open.seconds)
    const kept = listedCount(this.#segments) + SPARE_COUNT
    while (this.#segments.length > kept) this.#dropOldest()
  }

  /** A segment that grows and one that can be played must fit, or it is not to be had. */
  #makeRoom(): void {
    const full = (): boolean => this.#bytes > STORE_BYTES_MAX || this.#budget.bytesUsed > this.#budget.bytesMax
    while (full() && this.#segments.length > 2) this.#dropOldest()
    if (full()) throw new SegmentsFullError()
  }

  #dropOldest(): void {
    const dropped = this.#segments.shift()!
    dropped.gone = true
    if (dropped.discontinuity) this.#discontinuities++
    this.#count(-dropped.sizeBytes)
    const oldestMap = this.#segments[0]?.map ?? 0
    for (const number of this.#maps.keys()) if (number < oldestMap) this.#maps.delete(number)
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#budget.bytesUsed += bytes
  }

  #tell(): void {
    for (const look of [...this.#changed]) look()
  }

  [Symbol.dispose](): void {
    if (this.#ended) return
    this.#ended = true
    while (this.#segments.length > 0) this.#dropOldest()
    this.#maps.clear()
    this.#tell()
  }
}
