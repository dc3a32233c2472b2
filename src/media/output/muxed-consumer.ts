import { asUnits } from '../codecs/adapt.ts'
import { codecSpec } from '../codecs/registry.ts'
import type { AccessUnit } from '../core/access-unit.ts'
import { type Codec, sameCodec } from '../core/codec.ts'
import type { ConnectionInfo } from '../core/connection-info.ts'
import type { Consumer } from '../core/consumer.ts'
import type { Media } from '../core/media.ts'
import { Sender } from '../core/sender.ts'
import type { Sink } from '../core/sink.ts'
import type { AnyTrack, UnitTrack } from '../core/track.ts'
import type { MuxedTrack, Muxer, Placed } from '../formats/muxer.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError } from '../runtime/errors.ts'
import { type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import { TrackTimeline, ViewerTimeline } from './viewer-timeline.ts'

/** The viewer took nothing for ten seconds. */
const viewerStuck: CloseReason = { code: 'viewer_stuck', message: 'the viewer took nothing for 10 s' }

/** Nothing that was agreed on goes into this container. */
const nothingToWrite: CloseReason = { code: 'nothing_to_write', message: 'codecs that this format cannot hold' }

/** What is made of a track before it is written. */
export interface Conversion {
  /** What becomes of a codec. */
  codec(of: Codec): Codec
  /** As `asUnits`: attach at once. */
  units(of: AnyTrack): UnitTrack | undefined
}

/** How a viewer of a container is made. */
export interface MuxedConsumerOptions {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly sink: Sink
  readonly clock: Clock
  readonly muxer: Muxer
  /** Default: tracks are written as they are. */
  readonly conversion?: Conversion
  /** Seconds of media after which it ends. Default: never. */
  readonly durationSeconds?: number
}

/** One of the viewer's tracks. */
interface Lane extends MuxedTrack {
  readonly media: Media
  readonly sender: Sender<AccessUnit>
  readonly timeline: TrackTimeline
  readonly codec: Codec
  id: number
  configuration: readonly Buffer[]
  /** The source's, before anything is made of it. */
  offered: Codec
  /** Before the start: what it begins with. */
  track: AnyTrack
}

const asTheyAre: Conversion = { codec: codec => codec, units: asUnits }

/**
 * Gives a viewer the bytes of a container, one access unit after another. Begins with the pictures since the last
 * keyframe, at time 0; sound waits for the first picture.
 */
export class MuxedConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: MuxedConsumerOptions
  readonly #conversion: Conversion
  readonly #lifetime = new Lifetime()
  readonly #viewer = new ViewerTimeline()
  readonly #write = (head: Buffer, body?: Buffer): void => {
    this.info.bytesSent += head.length + (body?.length ?? 0)
    this.#options.sink.write(head, body)
  }
  #lanes: readonly Lane[] = []
  #started = false
  #opened = false

  constructor(options: MuxedConsumerOptions) {
    this.info = options.info
    this.medias = options.medias
    this.#options = options
    this.#conversion = options.conversion ?? asTheyAre
    this.#lifetime.defer(() => options.sink.end())
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get senders(): readonly Sender<AccessUnit>[] {
    return this.#lanes.map(lane => lane.sender)
  }

  /** Once started, only for a media that was attached before: a player cannot be given another track. */
  attach(media: Media, track: AnyTrack): void {
    const known = this.#lanes.find(lane => lane.media === media)
    if (known !== undefined) this.#replace(known, track)
    else if (!this.#started && this.#options.muxer.takes(this.#conversion.codec(track.codec)))
      this.#lanes = [...this.#lanes, this.#lane(media, track)]
  }

  accepts(media: Media, codec: Codec): boolean {
    const lane = this.#lanes.find(one => one.media === media)
    return lane !== undefined && sameCodec(lane.offered, codec)
  }

  start(): void {
    this.#started = true
    if (this.#lanes.length === 0) {
      this.close(nothingToWrite)
      return
    }
    const order = (lane: Lane): number => this.medias.indexOf(lane.media)
    this.#lanes = [...this.#lanes].sort((one, other) => order(one) - order(other))
    const beginnings = this.#lanes.map((lane, index) => {
      const units = this.#conversion.units(lane.track)
      const spec = codecSpec(lane.codec.name)
      lane.id = index + 1
      lane.configuration = units?.cache.units[0]?.configuration ?? spec?.configuration(lane.codec) ?? []
      return { lane, units }
    })
    this.#open()
    const [first] = this.#lanes
    // Sound alone begins now: its cache reaches far back.
    const replay = first?.media.kind === 'video'
    for (const { lane, units } of beginnings) if (units !== undefined) lane.sender.attach(units, replay)
    // A derived track ends with its last outlet, so it needs to have had one.
    if (this.#lifetime.ended) for (const { lane } of beginnings) lane.sender.detach()
  }

  #lane(media: Media, track: AnyTrack): Lane {
    const { sink, clock } = this.#options
    const sender: Sender<AccessUnit> = new Sender<AccessUnit>({
      ...{ sink, clock },
      deliver: unit => this.#deliver(lane, unit),
      stuck: () => this.close(viewerStuck),
      failed: error => this.close(describeError(error)),
    })
    const codec = this.#conversion.codec(track.codec)
    const timeline = new TrackTimeline(this.#viewer, codec)
    const lane: Lane = { media, sender, timeline, codec, offered: track.codec, track, id: 0, configuration: [] }
    this.#lifetime.own(sender)
    return lane
  }

  #replace(lane: Lane, track: AnyTrack): void {
    if (this.#lifetime.ended) return
    lane.offered = track.codec
    if (!this.#started) {
      lane.track = track
      return
    }
    const units = this.#conversion.units(track)
    if (units !== undefined) lane.sender.moveTo(units)
  }

  #deliver(lane: Lane, unit: AccessUnit): void {
    if (this.#lifetime.ended) return
    const changed = unit.configuration !== lane.configuration && reconfigure(lane, unit)
    if (!this.#opened || changed) this.#open()
    if (this.#lifetime.ended) return
    // Sound waits for the picture, from which the viewer's time begins.
    if (!this.#opened || (!this.#viewer.begun && lane !== this.#lanes[0])) return
    const placed = lane.timeline.place(unit)
    if (placed === undefined) return
    if (this.#isOver(lane, placed)) {
      if (lane === this.#lanes[0]) this.close(done)
      return
    }
    this.#options.muxer.unit(lane, unit, placed, this.#write)
  }

  #isOver(lane: Lane, placed: Placed): boolean {
    const { durationSeconds } = this.#options
    return durationSeconds !== undefined && placed.decodeTime >= durationSeconds * lane.codec.clockRate
  }

  /** Writes what stands before the units, as soon as everything is known. */
  #open(): void {
    const unknown = this.#lanes.some(lane => needsConfiguration(lane) && lane.configuration.length === 0)
    if (unknown || this.#lanes.length === 0) return
    try {
      this.#options.muxer.open(this.#lanes, this.#write)
      this.#opened = true
    } catch (error) {
      // Nothing a source sends may end more than those who watch it.
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

/** Pictures of NAL units: their parameter sets may come with the first keyframe only. */
const needsConfiguration = ({ codec }: Lane): boolean => codec.name === 'H264' || codec.name === 'H265'

/** Remembers a unit's configuration. Whether it is another one: until the next keyframe the old one still serves. */
const reconfigure = (lane: Lane, unit: AccessUnit): boolean => {
  const same = sameBytes(unit.configuration, lane.configuration)
  if (same || unit.keyframe) lane.configuration = unit.configuration
  return !same && unit.keyframe
}

const sameBytes = (one: readonly Buffer[], other: readonly Buffer[]): boolean =>
  one.length === other.length && one.every((part, index) => part.equals(other[index]!))
