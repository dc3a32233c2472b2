import { asUnits } from '../codecs/adapt.ts'
import { codecSpec } from '../codecs/registry.ts'
import type { AccessUnit } from '../core/access-unit.ts'
import { type Codec, sameCodec } from '../core/codec.ts'
import type { Media } from '../core/media.ts'
import { Sender } from '../core/sender.ts'
import type { Sink } from '../core/sink.ts'
import type { AnyTrack } from '../core/track.ts'
import type { Placed } from '../formats/muxer.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError } from '../runtime/errors.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import { TrackTimeline, ViewerTimeline } from './viewer-timeline.ts'

/** The viewer took nothing for ten seconds. */
const viewerStuck: CloseReason = { code: 'viewer_stuck', message: 'the viewer took nothing for 10 s' }

/** One track of a container that is being written. */
export interface Lane {
  /** Its place: pictures first. */
  readonly index: number
  readonly codec: Codec
  /** As `AccessUnit.configuration`. */
  readonly configuration: readonly Buffer[]
}

/** What tracks are laid side by side for. */
export interface LanesOptions {
  /** Whether the container takes a codec of this name. */
  readonly takes: (codecName: string) => boolean
  readonly sink: Pick<Sink, 'pendingBytes'>
  readonly clock: Clock
  /** All is known that a container begins with. Called again when that changes: the next picture is a keyframe of the new kind. */
  readonly opened: (lanes: readonly Lane[]) => void
  /** One unit and its place, after `opened`. The first is a picture, where there are some. */
  readonly unit: (lane: Lane, unit: AccessUnit, placed: Placed) => void
  /** It cannot go on. */
  readonly failed: (reason: CloseReason) => void
}

interface OwnLane extends Lane {
  index: number
  readonly media: Media
  readonly sender: Sender<AccessUnit>
  readonly timeline: TrackTimeline
  codec: Codec
  configuration: readonly Buffer[]
  /** Before the start: what it begins with. */
  track: AnyTrack
}

/**
 * The tracks of one viewer on their way into a container: one of pictures, one of sound, on one timeline that begins
 * at 0 with the pictures since the last keyframe.
 */
export class Lanes implements Disposable {
  readonly #options: LanesOptions
  readonly #viewer = new ViewerTimeline()
  #lanes: readonly OwnLane[] = []
  #started = false
  #opened = false
  #ended = false

  constructor(options: LanesOptions) {
    this.#options = options
  }

  get senders(): readonly Sender<AccessUnit>[] {
    return this.#lanes.map(lane => lane.sender)
  }

  /** Once started, only for a media that was attached before: a player cannot be given another track. */
  attach(media: Media, track: AnyTrack): void {
    const known = this.#lanes.find(lane => lane.media === media)
    if (known !== undefined) this.#replace(known, track)
    else if (!this.#started && this.#hasPlaceFor(track.codec)) this.#lanes = [...this.#lanes, this.#lane(media, track)]
  }

  accepts(media: Media, codec: Codec): boolean {
    const lane = this.#lanes.find(one => one.media === media)
    return lane !== undefined && sameCodec(lane.codec, codec)
  }

  start(): void {
    this.#started = true
    this.#lanes = [...this.#lanes].sort((one, other) => kindOrder(one) - kindOrder(other))
    const beginnings = this.#lanes.map((lane, index) => {
      const units = asUnits(lane.track)
      const spec = codecSpec(lane.codec.name)
      lane.index = index
      lane.configuration = units?.cache.units[0]?.configuration ?? spec?.configuration(lane.codec) ?? []
      return { lane, units }
    })
    this.#open()
    // Sound alone begins now: its cache reaches far back.
    const replay = this.#lanes[0]?.codec.kind === 'video'
    for (const { lane, units } of beginnings) if (units !== undefined) lane.sender.attach(units, replay)
    // A derived track ends with its last outlet, so it needs to have had one.
    if (this.#ended) for (const { lane } of beginnings) lane.sender.detach()
  }

  #hasPlaceFor({ name, kind }: Codec): boolean {
    return this.#options.takes(name) && !this.#lanes.some(lane => lane.codec.kind === kind)
  }

  #lane(media: Media, track: AnyTrack): OwnLane {
    const { sink, clock, failed } = this.#options
    const sender: Sender<AccessUnit> = new Sender<AccessUnit>({
      ...{ sink, clock },
      deliver: unit => this.#deliver(lane, unit),
      stuck: () => failed(viewerStuck),
      failed: error => failed(describeError(error)),
    })
    const timeline = new TrackTimeline(this.#viewer, track.codec)
    const lane: OwnLane = { media, sender, timeline, codec: track.codec, track, index: 0, configuration: [] }
    return lane
  }

  #replace(lane: OwnLane, track: AnyTrack): void {
    if (this.#ended) return
    lane.codec = track.codec
    if (!this.#started) {
      lane.track = track
      return
    }
    const units = asUnits(track)
    if (units !== undefined) lane.sender.moveTo(units)
  }

  #deliver(lane: OwnLane, unit: AccessUnit): void {
    if (this.#ended) return
    const changed = unit.configuration !== lane.configuration && reconfigure(lane, unit)
    if (!this.#opened || changed) this.#open()
    // Sound waits for the picture, from which the viewer's time begins.
    if (this.#ended || !this.#opened || (!this.#viewer.begun && lane !== this.#lanes[0])) return
    const placed = lane.timeline.place(unit)
    if (placed !== undefined) this.#options.unit(lane, unit, placed)
  }

  /** As soon as everything is known. Nothing a source sends may end more than those who watch it. */
  #open(): void {
    const unknown = this.#lanes.some(lane => lane.codec.kind === 'video' && lane.configuration.length === 0)
    if (unknown || this.#lanes.length === 0) return
    try {
      this.#options.opened(this.#lanes)
      this.#opened = true
    } catch (error) {
      this.#options.failed(describeError(error))
    }
  }

  [Symbol.dispose](): void {
    this.#ended = true
    for (const { sender } of this.#lanes) sender[Symbol.dispose]()
  }
}

const kindOrder = ({ codec }: Lane): number => (codec.kind === 'video' ? 0 : 1)

/** Remembers a unit's configuration. Whether it is another one: until the next keyframe the old one still serves. */
const reconfigure = (lane: OwnLane, unit: AccessUnit): boolean => {
  const same = sameBytes(unit.configuration, lane.configuration)
  if (same || unit.keyframe) lane.configuration = unit.configuration
  return !same && unit.keyframe
}

const sameBytes = (one: readonly Buffer[], other: readonly Buffer[]): boolean =>
  one.length === other.length && one.every((part, index) => part.equals(other[index]!))
