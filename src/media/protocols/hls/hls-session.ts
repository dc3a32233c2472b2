import type { Clock } from '../../runtime/clock.ts'
import { type Millis, millis } from '../../runtime/units.ts'
import type { HlsConsumer } from './hls-consumer.ts'
import { PART_SECONDS } from './packager.ts'
import { masterPlaylist, mediaPlaylist, targetSeconds } from './playlist.ts'
import { isIndependent, type StoredSegment } from './segment-store.ts'

/** Milliseconds without a request after which a session ends: go2rtc's, and what players pause between two on top. */
const IDLE_MS = 5000
/** Target durations that players may pause between two requests. */
const IDLE_TARGETS = 2
/** Milliseconds a request waits for what is about to come: players give up after ten seconds. */
const WAIT_MS_MAX = 9000
/** Requests of one session that may be under way at once: a player has three. */
const REQUEST_COUNT_MAX = 16
/** Seconds by which the parts that are asked for may be ahead (RFC 8216bis §6.2.5.2). */
const PART_ADVANCE_SECONDS = 3

/** What a request gets. */
export type HlsAnswer =
  | { readonly kind: 'found'; readonly pieces: Iterable<Buffer>; readonly sizeBytes: number }
  /** There is no such thing, or it is there no more. */
  | { readonly kind: 'absent' }
  /** What is asked for makes no sense. */
  | { readonly kind: 'refused' }
  /** It did not come in time, or there are too many requests. */
  | { readonly kind: 'late' }

const absent: HlsAnswer = { kind: 'absent' }
const refused: HlsAnswer = { kind: 'refused' }
const late: HlsAnswer = { kind: 'late' }

/** One player: a name by which it asks for the segments of a stream. Several may share them. */
export class HlsSession {
  readonly id: string
  readonly #consumer: HlsConsumer
  readonly #clock: Clock
  #lastRequest: Millis
  #underWay = 0
  /** The first segment that this player was told of. */
  #first: number | undefined
  /** The newest whole one. */
  #told = -1

  constructor(id: string, consumer: HlsConsumer, clock: Clock) {
    this.id = id
    this.#consumer = consumer
    this.#clock = clock
    this.#lastRequest = clock.now()
  }

  /** Whether nobody has asked for anything for so long that nobody will. */
  get idle(): boolean {
    const pauseMs = IDLE_MS + IDLE_TARGETS * 1000 * targetSeconds(this.#consumer.store)
    return this.#underWay === 0 && this.#clock.now() - this.#lastRequest > pauseMs
  }

  /** What names its playlist, and says as much of the stream as is known. */
  get master(): string {
    return masterPlaylist(this.id, this.#consumer.description, this.#consumer.store)
  }

  /**
   * The playlist, once there is something in it. A player that knows it may wait for the segment with this number, and
   * for this part of it (RFC 8216bis §6.2.5.2). Who asks again without a number waits too, for what is new: Chromium
   * asks without a pause, and takes a stream for broken that has nothing new the second time.
   */
  playlist(number?: number, part?: number): Promise<HlsAnswer> {
    const { store } = this.#consumer
    if (number === undefined && part !== undefined) return Promise.resolve(refused)
    if (number !== undefined && this.#isAbsurd(number, part ?? 0)) return Promise.resolve(refused)
    const begins = (): boolean => this.#first !== undefined || store.listed.some(isIndependent)
    if (number !== undefined) return this.#when(() => begins() && this.#has(number, part), this.#playlist)
    const told = this.#told
    if (told === -1) return this.#when(begins, this.#playlist)
    const patienceMs = Math.min(WAIT_MS_MAX, targetSeconds(store) * 1000)
    return this.#when(() => (store.listed.at(-1)?.number ?? told) > told, this.#playlist, {
      patienceMs,
      otherwise: this.#playlist,
    })
  }

  /**
   * Each player begins with a keyframe. Where segments begin without one, because the camera has few, it is told of the
   * newest that has one, and only then of what follows: players begin wherever they like among several.
   */
  readonly #playlist = (): HlsAnswer => {
    const { store, format } = this.#consumer
    const { listed } = store
    const alone = this.#first === undefined && !listed.every(isIndependent)
    this.#first ??= (alone ? listed.findLast(isIndependent) : listed[0])?.number ?? 0
    const last = alone ? this.#first : Number.POSITIVE_INFINITY
    this.#told = Math.min(last, listed.at(-1)?.number ?? this.#told)
    return found([Buffer.from(mediaPlaylist(this.id, format, store, { first: this.#first, last }))])
  }

  /** What a player of fragmented MP4 needs first; without a number of the first segments, or the oldest that is left. */
  initialization(number?: number): Promise<HlsAnswer> {
    const { store, format } = this.#consumer
    if (format !== 'fmp4') return Promise.resolve(absent)
    return this.#when(
      () => store.map() !== undefined,
      () => {
        const map = number === undefined ? (store.map(0) ?? store.map()) : store.map(number)
        return map === undefined ? absent : found([map])
      },
    )
  }

  /** A segment, or a part of one; without a number the newest that is complete. Waits for the one that grows. */
  segment(number?: number, part?: number): Promise<HlsAnswer> {
    const { store } = this.#consumer
    if (number === undefined)
      return this.#when(
        () => store.listed.length > 0,
        () => whole(store.listed.at(-1)),
      )
    if (number > this.#newest + 1) return Promise.resolve(absent)
    return this.#when(
      () => this.#has(number, part),
      () => {
        const segment = store.segment(number)
        if (part === undefined) return whole(segment)
        const known = segment?.parts[part]
        return known === undefined ? absent : found([known.bytes])
      },
    )
  }

  /** The number of the segment that grows, or will. */
  get #newest(): number {
    const { open, listed } = this.#consumer.store
    return open?.number ?? (listed.at(-1)?.number ?? -1) + 1
  }

  /** Whether that much is there, or was. */
  #has(number: number, part: number | undefined): boolean {
    const { open, listed } = this.#consumer.store
    const complete = listed.at(-1)?.number ?? -1
    if (number <= complete) return true
    return part !== undefined && open?.number === number && open.parts.length > part
  }

  #isAbsurd(number: number, part: number): boolean {
    const ahead = Math.ceil(PART_ADVANCE_SECONDS / PART_SECONDS)
    const { open } = this.#consumer.store
    if (number > this.#newest + 1) return true
    if (number > this.#newest) return part > ahead
    return number === open?.number && part > open.parts.length + ahead
  }

  /** Answers as soon as it can. */
  async #when(
    isSo: () => boolean,
    answer: () => HlsAnswer,
    { patienceMs = WAIT_MS_MAX, otherwise = () => late }: Patience = {},
  ): Promise<HlsAnswer> {
    if (this.#underWay >= REQUEST_COUNT_MAX) return late
    this.#underWay++
    try {
      const { store, info } = this.#consumer
      if (!isSo() && !store.ended) await this.#wait(isSo, patienceMs)
      if (store.ended) return absent
      const given = isSo() ? answer() : otherwise()
      if (given.kind === 'found') info.bytesSent += given.sizeBytes
      return given
    } finally {
      this.#underWay--
      this.#lastRequest = this.#clock.now()
    }
  }

  async #wait(isSo: () => boolean, patienceMs: number): Promise<void> {
    const { store } = this.#consumer
    const over = Promise.withResolvers<void>()
    using _timer = this.#clock.after(millis(patienceMs), () => over.resolve())
    using _watch = store.watch(() => {
      if (isSo() || store.ended) over.resolve()
    })
    await over.promise
  }
}

/** How long a request waits, and what it gets then. */
interface Patience {
  readonly patienceMs?: number
  readonly otherwise?: () => HlsAnswer
}

const found = (pieces: readonly Buffer[]): HlsAnswer => {
  let sizeBytes = 0
  for (const piece of pieces) sizeBytes += piece.length
  return { kind: 'found', pieces, sizeBytes }
}

const whole = (segment: StoredSegment | undefined): HlsAnswer =>
  segment === undefined ? absent : { kind: 'found', pieces: partsOf(segment), sizeBytes: segment.sizeBytes }

/** Stops when the segment has been dropped: a player that takes nothing shall not keep it in memory. */
function* partsOf(segment: StoredSegment): Generator<Buffer> {
  for (const { bytes } of segment.parts) {
    if (segment.gone) throw new Error('the segment has been dropped')
    yield bytes
  }
}
