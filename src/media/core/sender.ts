import type { Clock } from '../runtime/clock.ts'
import { nextIdentity } from '../runtime/identity.ts'
import type { TrackUnit } from './access-unit.ts'
import type { Codec } from './codec.ts'
import type { Sink } from './sink.ts'
import type { Track, TrackForm, TrackOutlet } from './track.ts'

/** Bytes that may wait at one slow viewer before units are dropped: 2 s at 4 Mbit/s, on top of what the kernel takes. */
const PENDING_BYTES_MAX = 1024 * 1024
/** Bytes at which a viewer who was too slow may go on: nearly everything has been taken. */
const RESUME_BYTES_MAX = 64 * 1024
/** Milliseconds a viewer may take nothing at all before it is let go. */
const STUCK_MS_MAX = 10_000

/** How a sender is made. */
export interface SenderOptions<Unit> {
  readonly sink: Pick<Sink, 'pendingBytes'>
  readonly clock: Clock
  /** Puts one unit into the sink. */
  readonly deliver: (unit: Unit) => void
  /** Called once when the viewer has taken nothing for 10 s. */
  readonly stuck: () => void
  /** Called with what `deliver` threw. A mistake at one viewer must not reach the track: it ends this viewer, and no other. */
  readonly failed: (error: unknown) => void
}

/**
 * The end of a track at one consumer. It never makes its track wait: when its sink is full it drops
 * until the next keyframe, because a picture without its references is worse than none.
 */
export class Sender<Unit extends TrackUnit> implements TrackOutlet<Unit>, Disposable {
  readonly id = nextIdentity()
  readonly #sink: Pick<Sink, 'pendingBytes'>
  readonly #clock: Clock
  readonly #deliver: (unit: Unit) => void
  readonly #stuck: () => void
  readonly #failed: (error: unknown) => void
  #track: Track<Unit, TrackForm> | undefined
  #next: { readonly track: Track<Unit, TrackForm>; readonly outlet: TrackOutlet<Unit> } | undefined
  #skipping = true
  #fullSince = 0
  #pendingBefore = 0
  sentCount = 0
  sentBytes = 0
  droppedCount = 0

  constructor(options: SenderOptions<Unit>) {
    this.#sink = options.sink
    this.#clock = options.clock
    this.#deliver = options.deliver
    this.#stuck = options.stuck
    this.#failed = options.failed
  }

  get codec(): Codec | undefined {
    return this.#track?.codec
  }

  /** The number of the track it takes from; 0 when there is none. */
  get parentId(): number {
    return this.#track?.id ?? 0
  }

  /** Begins with a track: with what it has cached, if `replay`, or else at its next keyframe. */
  attach(track: Track<Unit, TrackForm>, replay: boolean): void {
    const before = this.#track
    this.#track = track
    this.#skipping = true
    // The new outlet before the old ones go: a derived track ends with its last outlet.
    track.attach(this)
    this.#dropNext()
    if (before !== track) before?.detach(this)
    // The burst is one group of pictures, bounded by the cache: it may exceed what is pending otherwise.
    if (!replay) return
    for (const unit of track.cache.units) {
      // What was sent may have ended the viewer.
      if (this.#track !== track) return
      this.#send(unit)
    }
  }

  /** Goes over to another track at its first keyframe; until then the present one goes on. */
  moveTo(track: Track<Unit, TrackForm>): void {
    this.#dropNext()
    if (track === this.#track) return
    const outlet: TrackOutlet<Unit> = {
      id: this.id,
      push: unit => {
        if (!unit.keyframe) return
        this.attach(track, false)
        this.push(unit)
      },
    }
    this.#next = { track, outlet }
    track.attach(outlet)
  }

  push(unit: Unit): void {
    const pending = this.#sink.pendingBytes
    if (pending > PENDING_BYTES_MAX) {
      this.#full()
      this.#skipping = true
    } else if (this.#fullSince !== 0 && this.#skipping && pending > RESUME_BYTES_MAX) {
      // It has made room once: it takes something as long as what waits becomes less.
      if (pending < this.#pendingBefore) this.#fullSince = this.#clock.now()
      else this.#full()
    } else {
      this.#fullSince = 0
      if (unit.keyframe && pending <= RESUME_BYTES_MAX) this.#skipping = false
    }
    this.#pendingBefore = pending
    if (this.#skipping) this.droppedCount++
    else this.#send(unit)
  }

  #send(unit: Unit): void {
    this.#skipping = false
    this.sentCount++
    this.sentBytes += unit.sizeBytes
    try {
      this.#deliver(unit)
    } catch (error) {
      this.#failed(error)
    }
  }

  #full(): void {
    const now = this.#clock.now()
    if (this.#fullSince === 0) this.#fullSince = now
    else if (now - this.#fullSince > STUCK_MS_MAX) {
      this.#fullSince = now
      this.#stuck()
    }
  }

  #dropNext(): void {
    this.#next?.track.detach(this.#next.outlet)
    this.#next = undefined
  }

  /** Takes nothing any more. May be attached again. */
  detach(): void {
    this.#dropNext()
    this.#track?.detach(this)
    this.#track = undefined
  }

  [Symbol.dispose](): void {
    this.detach()
  }
}
