import type { Codec } from '../core/codec.ts'
import type { ConnectionInfo } from '../core/connection-info.ts'
import type { AnySender, Consumer } from '../core/consumer.ts'
import type { Media } from '../core/media.ts'
import type { Sink } from '../core/sink.ts'
import type { AnyTrack } from '../core/track.ts'
import type { MuxedTrack, Muxer, Placed } from '../formats/muxer.ts'
import type { Clock } from '../runtime/clock.ts'
import { type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import { type Conversion, Lanes } from './lanes.ts'

/** Nothing that was agreed on goes into this container. */
const nothingToWrite: CloseReason = { code: 'nothing_to_write', message: 'codecs that this format cannot hold' }

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

/** Gives a viewer the bytes of a container, one access unit after another. */
export class MuxedConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #options: MuxedConsumerOptions
  readonly #lifetime = new Lifetime()
  readonly #lanes: Lanes
  readonly #write = (head: Buffer, body?: Buffer): void => {
    this.info.bytesSent += head.length + (body?.length ?? 0)
    this.#options.sink.write(head, body)
  }

  constructor(options: MuxedConsumerOptions) {
    const { info, medias, sink, clock, muxer, conversion } = options
    this.info = info
    this.medias = medias
    this.#options = options
    this.#lifetime.defer(() => sink.end())
    this.#lanes = this.#lifetime.own(
      new Lanes({
        ...{ sink, clock, ...(conversion && { conversion }) },
        takes: codec => muxer.takes(codec),
        opened: tracks => muxer.open(tracks, this.#write),
        unit: (track, unit, placed) => {
          if (!this.#isOver(track, placed)) muxer.unit(track, unit, placed, this.#write)
          else if (track.id === 1) this.close(done)
        },
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
    if (this.#lanes.senders.length === 0) this.close(nothingToWrite)
    else this.#lanes.start()
  }

  #isOver({ codec }: MuxedTrack, { decodeTime }: Placed): boolean {
    const { durationSeconds } = this.#options
    return durationSeconds !== undefined && decodeTime >= durationSeconds * codec.clockRate
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
