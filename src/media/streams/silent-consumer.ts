import { type Codec, sameCodec } from '../core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '../core/connection-info.ts'
import type { AnySender, Consumer } from '../core/consumer.ts'
import type { CacheBudget } from '../core/gop-cache.ts'
import type { Media } from '../core/media.ts'
import type { PacketGroup } from '../core/packet-group.ts'
import { Sender } from '../core/sender.ts'
import { type AnyTrack, Track } from '../core/track.ts'
import type { Clock } from '../runtime/clock.ts'
import { type CloseReason, Lifetime } from '../runtime/lifetime.ts'

/** How a silent consumer is made. */
export interface SilentConsumerOptions {
  readonly formatName: 'preload' | 'probe'
  readonly medias: readonly Media[]
  readonly remoteAddress?: string
  readonly userAgent?: string
  readonly clock: Clock
}

/** Takes everything it asks for, counts it and shows it to nobody: what keeps a stream running, or has it dialed once. */
export class SilentConsumer implements Consumer {
  readonly info: ConnectionInfo
  readonly medias: readonly Media[]
  readonly #clock: Clock
  readonly #lifetime = new Lifetime()
  readonly #senders = new Map<Media, Sender<never>>()
  readonly #budget: CacheBudget = { bytesMax: 0, bytesUsed: 0 }

  constructor(options: SilentConsumerOptions) {
    const { formatName, remoteAddress = '', userAgent = '' } = options
    this.info = connectionInfo({ formatName, remoteAddress, userAgent })
    this.medias = options.medias
    this.#clock = options.clock
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get senders(): readonly AnySender[] {
    return [...this.#senders.values()]
  }

  attach(media: Media, track: AnyTrack): void {
    if (this.#lifetime.ended) return
    const known = this.#senders.get(media)
    // The units are of one kind or the other; only their number matters here.
    const any = track as unknown as Track<never, 'packets'>
    if (known !== undefined) {
      known.moveTo(any)
      return
    }
    const sender = new Sender<never>({
      sink: { pendingBytes: 0 },
      clock: this.#clock,
      deliver: () => {},
      stuck: () => {},
      failed: () => {},
    })
    this.#senders.set(media, this.#lifetime.own(sender))
    sender.attach(any, false)
  }

  accepts(media: Media, codec: Codec): boolean {
    const before = this.#senders.get(media)?.codec
    return before === undefined || sameCodec(before, codec)
  }

  /** Nothing is ever said on it: it shows whether a camera would listen. */
  track(_media: Media, codec: Codec): AnyTrack {
    return this.#lifetime.own(new Track<PacketGroup, 'packets'>({ form: 'packets', codec, budget: this.#budget }))
  }

  start(): void {}

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
