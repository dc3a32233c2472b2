import { asUnits } from '../../codecs/adapt.ts'
import { codecSpec } from '../../codecs/registry.ts'
import type { AccessUnit } from '../../core/access-unit.ts'
import { type Codec, sameCodec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { Consumer, ViewerMaker } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import { Sender } from '../../core/sender.ts'
import type { MessageSink } from '../../core/sink.ts'
import type { AnyTrack } from '../../core/track.ts'
import { fragmentHeader } from '../../formats/mp4/fragment.ts'
import { goesIntoMp4, initializationSegment } from '../../formats/mp4/initialization-segment.ts'
import { mp4MimeType, type NamedTrack } from '../../formats/mp4/mime-type.ts'
import { TrackTimeline, ViewerTimeline } from '../../formats/viewer-timeline.ts'
import type { Clock } from '../../runtime/clock.ts'
import { describeError } from '../../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { mseMedias } from './mse-codecs.ts'

/** The viewer took nothing for ten seconds. */
const viewerStuck: CloseReason = { code: 'viewer_stuck', message: 'the viewer took nothing for 10 s' }

/** A viewer that asks for fragmented MP4 over a WebSocket. */
export interface MseRequest {
  /** Codec strings the browser can play, comma separated, as `video-rtc.js` sends them; empty: H264, H265 and AAC. */
  readonly codecs: string
  readonly remoteAddress: string
  readonly userAgent: string
  /** Gets `tell('mse', mimeType)` once, then binary messages: initialization, then fragments. */
  readonly sink: MessageSink
}

/** A viewer for `Engine.watch`. */
export const mseViewer =
  (request: MseRequest): ViewerMaker<MseConsumer> =>
  ({ clock }) =>
    new MseConsumer({ ...request, clock })

/** How an MSE consumer is made. */
export interface MseConsumerOptions extends MseRequest {
  readonly clock: Clock
}

/** One of the viewer's tracks. */
interface Lane {
  readonly media: Media
  readonly sender: Sender<AccessUnit>
  readonly timeline: TrackTimeline
  codec: Codec
  /** Before the start: what it begins with. */
  track: AnyTrack
  /** From 1. */
  id: number
  /** Of the last initialization segment; empty: not known yet. */
  configuration: readonly Buffer[]
}

/**
 * Feeds a browser's MediaSource: tells the MIME type, then sends an initialization segment, then each
 * access unit as a fragment of its own. Begins with the pictures since the last keyframe, at time 0.
 */
export class MseConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #sink: MessageSink
  readonly #clock: Clock
  readonly #lifetime = new Lifetime()
  readonly #viewer = new ViewerTimeline()
  #lanes: readonly Lane[] = []
  #started = false
  #opened = false
  #sequenceNumber = 0

  constructor(options: MseConsumerOptions) {
    const { remoteAddress, userAgent } = options
    this.info = connectionInfo({ formatName: 'mse/fmp4', protocol: 'ws', remoteAddress, userAgent })
    this.medias = mseMedias(options.codecs)
    this.#sink = options.sink
    this.#clock = options.clock
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
    else if (!this.#started && goesIntoMp4(track.codec.name)) this.#lanes = [...this.#lanes, this.#lane(media, track)]
  }

  accepts(media: Media, codec: Codec): boolean {
    const lane = this.#lanes.find(one => one.media === media)
    return lane !== undefined && sameCodec(lane.codec, codec)
  }

  start(): void {
    this.#started = true
    const order = (lane: Lane): number => this.medias.indexOf(lane.media)
    this.#lanes = [...this.#lanes].sort((one, other) => order(one) - order(other))
    const beginnings = this.#lanes.map((lane, index) => {
      const units = asUnits(lane.track)
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
    const sender: Sender<AccessUnit> = new Sender<AccessUnit>({
      sink: this.#sink,
      clock: this.#clock,
      deliver: unit => this.#deliver(lane, unit),
      stuck: () => this.close(viewerStuck),
      failed: error => this.close(describeError(error)),
    })
    const timeline = new TrackTimeline(this.#viewer, track.codec)
    const lane: Lane = { media, sender, timeline, codec: track.codec, track, id: 0, configuration: [] }
    this.#lifetime.own(sender)
    return lane
  }

  #replace(lane: Lane, track: AnyTrack): void {
    if (this.#lifetime.ended) return
    lane.codec = track.codec
    if (!this.#started) {
      lane.track = track
      return
    }
    const units = asUnits(track)
    if (units !== undefined) lane.sender.moveTo(units)
  }

  #deliver(lane: Lane, unit: AccessUnit): void {
    if (this.#lifetime.ended) return
    const changed = unit.configuration !== lane.configuration && reconfigure(lane, unit)
    if (!this.#opened || changed) this.#open()
    // Sound waits for the picture, from which the viewer's time begins.
    if (!this.#opened || (!this.#viewer.begun && lane !== this.#lanes[0])) return
    const placed = lane.timeline.place(unit)
    if (placed === undefined) return
    this.#sequenceNumber++
    const { sample, keyframe } = unit
    const sequenceNumber = this.#sequenceNumber
    this.#write(
      fragmentHeader({ ...placed, sequenceNumber, trackId: lane.id, sampleBytes: sample.length, keyframe }),
      sample,
    )
  }

  /** Tells the MIME type, the first time, and sends the initialization segment; as soon as everything is known. */
  #open(): void {
    const unknown = this.#lanes.some(lane => lane.media.kind === 'video' && lane.configuration.length === 0)
    if (unknown || this.#lanes.length === 0) return
    try {
      const segment = initializationSegment(this.#lanes)
      if (!this.#opened) this.#sink.tell('mse', mp4MimeType(this.#lanes.flatMap(namedTrack)))
      this.#opened = true
      this.#write(segment)
    } catch (error) {
      // Nothing a source sends may end more than those who watch it.
      this.close(describeError(error))
    }
  }

  #write(head: Buffer, body?: Buffer): void {
    this.info.bytesSent += head.length + (body?.length ?? 0)
    this.#sink.write(head, body)
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Remembers a unit's configuration. Whether it is another one: until the next keyframe the old one still serves. */
const reconfigure = (lane: Lane, unit: AccessUnit): boolean => {
  const same = sameBytes(unit.configuration, lane.configuration)
  if (same || unit.keyframe) lane.configuration = unit.configuration
  return !same && unit.keyframe
}

const namedTrack = ({ codec, configuration }: Lane): readonly NamedTrack[] =>
  goesIntoMp4(codec.name) ? [{ name: codec.name, configuration }] : []

const sameBytes = (one: readonly Buffer[], other: readonly Buffer[]): boolean =>
  one.length === other.length && one.every((part, index) => part.equals(other[index]!))
