import type { Codec } from '../../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../../core/connection-info.ts'
import type { AnySender, Consumer } from '../../core/consumer.ts'
import type { Media } from '../../core/media.ts'
import type { AnyTrack } from '../../core/track.ts'
import { flacConversion } from '../../output/flac-conversion.ts'
import { Lanes } from '../../output/lanes.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { type HlsFormat, type HlsWish, hlsTakes } from './hls-request.ts'
import { Packager } from './packager.ts'
import { SegmentStore, type StoreBudget } from './segment-store.ts'
import { segmentWriter } from './segment-writer.ts'
import { describeTracks, type StreamDescription } from './stream-description.ts'

/** How an HLS consumer is made. */
export interface HlsConsumerOptions {
  readonly wish: HlsWish
  readonly budget: StoreBudget
  readonly remoteAddress: string
  readonly userAgent: string
  readonly clock: Clock
}

/** Keeps the newest segments of a stream for any number of players. It is never too slow: what is too old is dropped. */
export class HlsConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly format: HlsFormat
  readonly store: SegmentStore
  readonly #lifetime = new Lifetime()
  readonly #lanes: Lanes
  #description: StreamDescription = { codecs: [] }

  constructor({ wish, budget, clock, remoteAddress, userAgent }: HlsConsumerOptions) {
    this.format = wish.format
    this.medias = wish.medias
    this.info = connectionInfo({ formatName: `hls/${wish.format}`, protocol: 'http', remoteAddress, userAgent })
    this.store = this.#lifetime.own(new SegmentStore(budget))
    const takes = hlsTakes(wish.format)
    const packager = new Packager(this.store, segmentWriter(wish.format), clock)
    this.#lanes = this.#lifetime.own(
      new Lanes({
        ...{ clock, sink: { pendingBytes: 0 }, oneOfEach: true },
        ...(wish.format === 'fmp4' && { conversion: flacConversion }),
        takes: ({ name }) => takes(name),
        opened: lanes => {
          packager.open(lanes)
          this.#description = describeTracks(lanes)
        },
        unit: (lane, unit, placed) => packager.push(lane, unit, placed),
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

  /** What players are told of its tracks; no codecs until they are known. */
  get description(): StreamDescription {
    return this.#description
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

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
