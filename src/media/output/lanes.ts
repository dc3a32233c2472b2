import { asUnits } from '../codecs/adapt.ts'
import { codecSpec } from '../codecs/registry.ts'
import type { AccessUnit } from '../core/access-unit.ts'
import { type Codec, sameCodec } from '../core/codec.ts'
import type { Media } from '../core/media.ts'
import { Sender } from '../core/sender.ts'
import type { Sink } from '../core/sink.ts'
import type { AnyTrack, UnitTrack } from '../core/track.ts'
import type { MuxedTrack, Placed } from '../formats/muxer.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError } from '../runtime/errors.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import { TrackTimeline, ViewerTimeline } from './viewer-timeline.ts'

/** The viewer took nothing for ten seconds. */
const viewerStuck: CloseReason = { code: 'viewer_stuck', message: 'the viewer took nothing for 10 s' }

/** What is made of a track before it is written. */
export interface Conversion {
  /** What becomes of a codec. */
  codec(of: Codec): Codec
  /** As `asUnits`: attach at once. */
  units(of: AnyTrack): UnitTrack | undefined
}

const asTheyAre: Conversion = { codec: codec => codec, units: asUnits }

/** What tracks are laid side by side for. */
export interface LanesOptions {
  /** Whether the container takes a codec. */
  readonly takes: (codec: Codec) => boolean
  /** Default: tracks are written as they are. */
  readonly conversion?: Conversion
  /** At most one track of pictures and one of sound. Default: as many as there are. */
  readonly oneOfEach?: boolean
  readonly sink: Pick<Sink, 'pendingBytes'>
  readonly clock: Clock
  /** All is known that a container begins with. Called again when that changes: the next picture is a keyframe of the new kind. */
  readonly opened: (tracks: readonly MuxedTrack[]) => void
  /** One unit and its place, after `opened`. The first is a picture, where there are some. */
  readonly unit: (track: MuxedTrack, unit: AccessUnit, placed: Placed) => void
  /** It cannot go on. */
  readonly failed: (reason: CloseReason) => void
}

interface Lane extends MuxedTrack {
  id: number
  readonly media: Media
  readonly sender: Sender<AccessUnit>
  readonly timeline: TrackTimeline
  configuration: readonly Buffer[]
  /** The source's, before anything is made of it. */
  offered: Codec
  /** Before the start: what it begins with. */
  track: AnyTrack
}

/**
 * The tracks of one viewer on their way into a container, pictures first, on one timeline that begins at 0 with the
 * pictures since the last keyframe; sound waits for the first picture.
 */
export class Lanes implements Disposable {
  readonly #options: LanesOptions
  readonly #conversion: Conversion
  readonly #viewer = new ViewerTimeline()
  #lanes: readonly Lane[] = []
  #started = false
  #opened = false
  #ended = false

  constructor(options: LanesOptions) {
    this.#options = options
    this.#conversion = options.conversion ?? asTheyAre
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
    return lane !== undefined && sameCodec(lane.offered, codec)
  }

  start(): void {
    this.#started = true
    this.#lanes = [...this.#lanes].sort((one, other) => kindOrder(one) - kindOrder(other))
    const beginnings = this.#lanes.map((lane, index) => {
      const units = this.#conversion.units(lane.track)
      const spec = codecSpec(lane.codec.name)
      lane.id = index + 1
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

  #hasPlaceFor(codec: Codec): boolean {
    const { takes, oneOfEach = false } = this.#options
    if (oneOfEach && this.#lanes.some(lane => lane.codec.kind === codec.kind)) return false
    return takes(this.#conversion.codec(codec))
  }

  #lane(media: Media, track: AnyTrack): Lane {
    const { sink, clock, failed } = this.#options
    const sender: Sender<AccessUnit> = new Sender<AccessUnit>({
      ...{ sink, clock },
      deliver: unit => this.#deliver(lane, unit),
      stuck: () => failed(viewerStuck),
      failed: error => failed(describeError(error)),
    })
    const codec = this.#conversion.codec(track.codec)
    const timeline = new TrackTimeline(this.#viewer, codec)
    const lane: Lane = { media, sender, timeline, codec, offered: track.codec, track, id: 0, configuration: [] }
    return lane
  }

  #replace(lane: Lane, track: AnyTrack): void {
    if (this.#ended) return
    lane.offered = track.codec
    if (!this.#started) {
      lane.track = track
      return
    }
    const units = this.#conversion.units(track)
    if (units !== undefined) lane.sender.moveTo(units)
  }

  #deliver(lane: Lane, unit: AccessUnit): void {
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
    const unknown = this.#lanes.some(lane => needsConfiguration(lane) && lane.configuration.length === 0)
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

/** Pictures of NAL units: their parameter sets may come with the first keyframe only. */
const needsConfiguration = ({ codec }: Lane): boolean => codec.name === 'H264' || codec.name === 'H265'

const kindOrder = ({ codec }: Lane): number => (codec.kind === 'video' ? 0 : 1)

/** Remembers a unit's configuration. Whether it is another one: until the next keyframe the old one still serves. */
const reconfigure = (lane: Lane, unit: AccessUnit): boolean => {
  const same = sameBytes(unit.configuration, lane.configuration)
  if (same || unit.keyframe) lane.configuration = unit.configuration
  return !same && unit.keyframe
}

const sameBytes = (one: readonly Buffer[], other: readonly Buffer[]): boolean =>
  one.length === other.length && one.every((part, index) => part.equals(other[index]!))
