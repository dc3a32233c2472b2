import type { Codec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { AnySender, Consumer, ViewerMaker } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { Sink } from '../../core/sink.ts'
import type { AnyTrack } from '../../core/track.ts'
import { goesIntoMpegTs } from '../../formats/mpegts/written-codecs.ts'
import { Lanes } from '../../output/lanes.ts'
import { UnitMuxer } from '../../output/mpegts-unit-muxer.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'

/** A viewer that asks for MPEG-TS over a connection that never ends. */
export interface MpegTsRequest {
  readonly remoteAddress: string
  readonly userAgent: string
  readonly sink: Sink
}

/** A viewer for `Engine.watch`. */
export const mpegTsViewer =
  (request: MpegTsRequest): ViewerMaker<MpegTsConsumer> =>
  ({ clock }) =>
    new MpegTsConsumer({ ...request, clock })

/** go2rtc's: what players of MPEG-TS can be expected to know. */
const medias: readonly Media[] = (
  [
    ['video', ['H264', 'H265']],
    ['audio', ['MPEG4-GENERIC']],
  ] as const
).map(([kind, names]) => ({
  ...{ kind, direction: 'sendonly', id: kind },
  codecs: names.map((name): Codec => ({ kind, name, clockRate: 0, channels: 0, formatParameters: '' })),
}))

/** How an MPEG-TS consumer is made. */
export interface MpegTsConsumerOptions extends MpegTsRequest {
  readonly clock: Clock
}

/** Feeds a player with MPEG-TS, from the last keyframe on. */
export class MpegTsConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[] = medias
  readonly #sink: Sink
  readonly #lifetime = new Lifetime()
  readonly #lanes: Lanes
  #muxer: UnitMuxer | undefined

  constructor({ sink, clock, remoteAddress, userAgent }: MpegTsConsumerOptions) {
    this.info = connectionInfo({ formatName: 'mpegts', protocol: 'http', remoteAddress, userAgent })
    this.#sink = sink
    this.#lifetime.defer(() => sink.end())
    this.#lanes = this.#lifetime.own(
      new Lanes({
        ...{ sink, clock, takes: goesIntoMpegTs },
        // Another configuration is in the pictures themselves.
        opened: lanes => {
          this.#muxer ??= new UnitMuxer(lanes)
        },
        unit: (lane, unit, placed) => this.#write(this.#muxer!.write(lane, unit, placed)),
        failed: reason => this.close(reason),
      }),
    )
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get senders(): readonly AnySender[] {
    return this.#lanes.senders
  }

  attach(media: Media, track: AnyTrack): void {
    this.#lanes.attach(media, track)
  }

  accepts(media: Media, codec: Codec): boolean {
    return this.#lanes.accepts(media, codec)
  }

  start(): void {
    this.#lanes.start()
  }

  #write(packets: Buffer): void {
    if (packets.length === 0) return
    this.info.bytesSent += packets.length
    this.#sink.write(packets)
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
