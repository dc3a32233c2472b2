import { retain } from '../bytes/retain.ts'
import { AccessUnit } from '../core/access-unit.ts'
import type { Codec } from '../core/codec.ts'
import type { ConnectionInfo } from '../core/connection-info.ts'
import type { CacheBudget } from '../core/gop-cache.ts'
import type { Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import { Track, type UnitTrack } from '../core/track.ts'
import type { ContainerUnit } from '../formats/demuxer.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError } from '../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../runtime/lifetime.ts'
import { type Millis, millis, type Ticks, ticks } from '../runtime/units.ts'
import type { DialContext } from '../streams/scheme.ts'
import { ContainerTimeline } from './container-timeline.ts'

/** Bytes of units that may wait for the start, or for their time: three times the largest unit. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024
/** Units that wait at which whoever owns the bytes is asked to wait too, and to go on: some 2 s and 1 s of pictures and sound. */
const WAITING_UNITS_HIGH = 128
const WAITING_UNITS_LOW = 64
/** Pictures a second of paced media without times: what ffmpeg takes a naked stream for. */
const UNTIMED_PICTURES_PER_SECOND = 25
/** A view of less than this part of its memory is copied: sound would pin the pictures it came with. */
const VIEW_SHARE_MIN = 0.5

/** Who owns the bytes, and can let them wait: a socket, a file, a pipe. */
export interface ByteFlow {
  pause(): void
  resume(): void
}

/** What flows, and how. */
export interface ContainerProducerOptions {
  readonly codecs: readonly Codec[]
  readonly info: ConnectionInfo
  readonly clock: Clock
  readonly budget: CacheBudget
  /** Numbering for the packets of the n-th track (from 0) of a kind. */
  readonly continuity: DialContext['continuity']
  /** Asked to wait while enough units do. Default: nobody can; what is too much is let go. */
  readonly flow?: ByteFlow
  /** Gives each unit at its time instead of as it comes: for files, and for what comes in large pieces. Default: as it comes. */
  readonly paced?: boolean
}

interface WaitingUnit {
  readonly unit: ContainerUnit
  readonly arrivedAt: Millis
}

/** A producer fed with the units of a container. Units that come before the start wait for it. */
export class ContainerProducer implements Producer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: ContainerProducerOptions
  readonly #lifetime = new Lifetime()
  readonly #timeline: ContainerTimeline
  readonly #tracks: readonly UnitTrack[]
  /** Pictures and frames without times that have been given, by track. */
  readonly #untimed: number[]
  #waiting: WaitingUnit[] = []
  #waitingBytes = 0
  /** The place of the first waiting unit, once it is known. */
  #nextTime: Ticks | undefined
  #timer: Disposable | undefined
  #started = false
  #held = false
  #finished: CloseReason | undefined

  constructor(options: ContainerProducerOptions) {
    const { codecs, clock } = options
    this.#options = options
    this.info = options.info
    this.medias = codecs.map((codec, index) => ({
      kind: codec.kind,
      direction: 'recvonly',
      codecs: [codec],
      id: String(index),
    }))
    this.#tracks = codecs.map((codec, index) => this.#lifetime.own(this.#makeTrack(codec, index)))
    this.#untimed = codecs.map(() => 0)
    this.#timeline = new ContainerTimeline(
      clock,
      codecs.map(codec => codec.clockRate),
    )
    this.#lifetime.defer(() => {
      this.#timer?.[Symbol.dispose]()
      this.#clear()
    })
    this.#hold()
  }

  #makeTrack(codec: Codec, index: number): UnitTrack {
    const { codecs, budget, continuity } = this.#options
    const before = codecs.slice(0, index).filter(({ kind }) => kind === codec.kind).length
    return new Track({ form: 'units', codec, budget, sequence: continuity(codec.kind, before) })
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get ended(): boolean {
    return this.#lifetime.ended
  }

  /** Whether whoever owns the bytes was asked to wait. */
  get holding(): boolean {
    return this.#held
  }

  track(media: Media): UnitTrack | undefined {
    return this.#tracks[this.medias.indexOf(media)]
  }

  start(): Promise<void> {
    this.#started = true
    this.#play()
    return Promise.resolve()
  }

  /** Takes the next unit. Never throws. */
  unit(unit: ContainerUnit): void {
    if (this.#lifetime.ended) return
    const arrivedAt = this.#options.clock.now()
    if (this.#started && this.#options.paced !== true) {
      this.#push(unit, this.#place(unit), arrivedAt)
      return
    }
    this.#waiting.push({ unit, arrivedAt })
    for (const part of unit.parts) this.#waitingBytes += part.length
    // Nobody can wait: better to begin anew with a later keyframe than to hold everything.
    if (this.#waitingBytes > WAITING_BYTES_MAX) this.#clear()
    if (!this.#started) return
    if (this.#timer === undefined) this.#play()
    else this.#hold()
  }

  /** No more units follow: ends with this reason once those that wait have been given. */
  finish(reason: CloseReason): void {
    this.#finished = reason
    if (this.#started && this.#waiting.length === 0) this.close(reason)
  }

  #clear(): void {
    this.#waiting = []
    this.#waitingBytes = 0
    this.#nextTime = undefined
  }

  /** Pushes all that is due, and comes back for the rest. */
  #play(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const now = this.#options.clock.now()
    let count = 0
    for (; count < this.#waiting.length; count++) {
      const { unit, arrivedAt } = this.#waiting[count]!
      const time = this.#nextTime ?? this.#place(unit)
      const dueAt = this.#options.paced === true ? (time * 1000) / this.#clockRate(unit) : now
      if (dueAt > now) {
        this.#nextTime = time
        this.#timer = this.#options.clock.after(millis(dueAt - now), () => this.#play())
        break
      }
      this.#nextTime = undefined
      for (const part of unit.parts) this.#waitingBytes -= part.length
      this.#push(unit, time, this.#options.paced === true ? now : arrivedAt)
      if (this.#lifetime.ended) return
    }
    this.#waiting.splice(0, count)
    this.#hold()
    if (this.#finished !== undefined && this.#waiting.length === 0) this.close(this.#finished)
  }

  /** Before the start everything may wait; afterwards only what is far ahead of its time. */
  #hold(): void {
    const { length } = this.#waiting
    const hold = !this.#started || length >= (this.#held ? WAITING_UNITS_LOW : WAITING_UNITS_HIGH)
    if (hold === this.#held) return
    this.#held = hold
    if (hold) this.#options.flow?.pause()
    else this.#options.flow?.resume()
  }

  #clockRate({ track }: ContainerUnit): number {
    return this.medias[track]!.codecs[0]!.clockRate
  }

  #place(unit: ContainerUnit): Ticks {
    if (unit.decodingTime !== undefined || this.#options.paced !== true)
      return this.#timeline.place(unit.track, unit.decodingTime)
    const count = this.#untimed[unit.track]!
    this.#untimed[unit.track] = count + 1
    return this.#timeline.place(
      unit.track,
      ticks(Math.round((count * this.#clockRate(unit)) / UNTIMED_PICTURES_PER_SECOND)),
    )
  }

  #push(unit: ContainerUnit, decodingTime: Ticks, arrivedAt: Millis): void {
    const { keyframe, compositionOffset, framing, configuration } = unit
    const parts = unit.framing === 'frame' ? unit.parts.map(owning) : unit.parts
    try {
      this.#tracks[unit.track]!.push(
        new AccessUnit({ keyframe, decodingTime, compositionOffset, framing, parts, configuration, arrivedAt }),
      )
    } catch (error) {
      // A mistake behind the track: what is pushed by a timer, nobody else would catch.
      this.close(describeError(error))
    }
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

const owning = (part: Buffer): Buffer => (part.length < part.buffer.byteLength * VIEW_SHARE_MIN ? retain(part) : part)
