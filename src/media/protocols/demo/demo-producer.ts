import { AccessUnit } from '../../core/access-unit.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { CacheBudget } from '../../core/gop-cache.ts'
import type { Media } from '../../core/media.ts'
import type { Producer } from '../../core/producer.ts'
import { Track, type UnitTrack } from '../../core/track.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { type Millis, millis, ticks, ticksIn } from '../../runtime/units.ts'
import type { DemoClip, ScheduledSample } from './demo-clip.ts'

/** Milliseconds between two looks at the clock: half a picture at 25 a second. */
const PERIOD_MS = 20
/** Milliseconds of a stall that are caught up with; a longer one is left out, as a camera would. */
const CATCH_UP_MS_MAX = 1000

/** Plays a clip in real time, round and round on one timeline without a seam, until it is closed. */
export class DemoProducer implements Producer {
  readonly info: ConnectionInfo = connectionInfo({ formatName: 'demo' })
  readonly medias: readonly Media[]
  readonly #clip: DemoClip
  readonly #clock: Clock
  readonly #budget: CacheBudget
  readonly #lifetime = new Lifetime()
  readonly #tracks = new Map<Media, UnitTrack>()
  /** When round 0 began, or would have begun without stalls. */
  #origin: Millis = millis(0)
  #round = 0
  #next = 0

  constructor(clip: DemoClip, options: { readonly clock: Clock; readonly budget: CacheBudget }) {
    this.#clip = clip
    this.#clock = options.clock
    this.#budget = options.budget
    this.medias = clip.tracks.map(({ codec }, index) => ({
      kind: codec.kind,
      direction: 'recvonly',
      codecs: [codec],
      id: String(index),
    }))
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  track(media: Media): UnitTrack | undefined {
    const [codec] = media.codecs
    if (codec === undefined || !this.medias.includes(media)) return undefined
    const known = this.#tracks.get(media)
    if (known !== undefined) return known
    const track: UnitTrack = this.#lifetime.own(new Track({ form: 'units', codec, budget: this.#budget }))
    this.#tracks.set(media, track)
    return track
  }

  start(): Promise<void> {
    this.#origin = this.#clock.now()
    this.#lifetime.own(this.#clock.every(millis(PERIOD_MS), () => this.#play()))
    this.#play()
    return Promise.resolve()
  }

  /** Pushes everything that is due. */
  #play(): void {
    const now = this.#clock.now()
    const late = now - this.#dueAt()
    if (late > CATCH_UP_MS_MAX) this.#origin = millis(this.#origin + late)
    while (!this.#lifetime.ended && this.#dueAt() <= now) {
      this.#push(this.#clip.schedule[this.#next]!, now)
      this.#next++
      if (this.#next < this.#clip.schedule.length) continue
      this.#next = 0
      this.#round++
    }
  }

  #dueAt(): number {
    return this.#origin + this.#round * this.#clip.durationSeconds * 1000 + this.#clip.schedule[this.#next]!.atMs
  }

  #push({ track: index, sample }: ScheduledSample, arrivedAt: Millis): void {
    const from = this.#clip.tracks[index]!
    const media = this.medias[index]!
    const track = this.#tracks.get(media)
    if (track === undefined) return
    const { clockRate } = from.codec
    const { durationSeconds, startSeconds } = this.#clip
    const start =
      ticksIn(this.#origin, clockRate) + Math.round((this.#round * durationSeconds - startSeconds) * clockRate)
    const unit = new AccessUnit({
      ...sample,
      decodingTime: ticks(start + sample.decodingTime),
      framing: from.framing,
      configuration: from.configuration,
      arrivedAt,
    })
    this.info.bytesReceived += unit.sizeBytes
    track.push(unit)
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
