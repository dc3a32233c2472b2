import type { AccessUnit } from '#media/core/access-unit.ts'
import { type Codec, sameCodec } from '#media/core/codec.ts'
import { type ConnectionInfo, connectionInfo } from '#media/core/connection-info.ts'
import type { Consumer } from '#media/core/consumer.ts'
import type { Media } from '#media/core/media.ts'
import { Sender } from '#media/core/sender.ts'
import type { AnyTrack, UnitTrack } from '#media/core/track.ts'
import type { Clock } from '#media/runtime/clock.ts'
import { describeError } from '#media/runtime/errors.ts'
import { type CloseReason, Lifetime } from '#media/runtime/lifetime.ts'

/** A viewer that remembers what it got: a consumer with the real senders. */
export class RecordingConsumer implements Consumer {
  readonly info: ConnectionInfo = connectionInfo({ formatName: 'recording' })
  readonly medias: readonly Media[]
  /** Contents in the order in which they came. */
  readonly received: string[] = []
  readonly #lifetime = new Lifetime()
  readonly #clock: Clock
  readonly #senders = new Map<Media, Sender<AccessUnit>>()
  started = false
  reason: CloseReason | undefined

  constructor(wanted: readonly Codec[], clock: Clock) {
    this.#clock = clock
    this.medias = wanted.map((codec, index) => ({
      kind: codec.kind,
      direction: 'sendonly',
      codecs: [codec],
      id: `${index}`,
    }))
    void this.#lifetime.closed.then(reason => {
      this.reason = reason
    })
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  get senders(): readonly Sender<AccessUnit>[] {
    return [...this.#senders.values()]
  }

  attach(media: Media, track: AnyTrack): void {
    const known = this.#senders.get(media)
    if (known !== undefined) {
      known.moveTo(track as UnitTrack)
      return
    }
    const sender = new Sender<AccessUnit>({
      sink: { pendingBytes: 0 },
      clock: this.#clock,
      deliver: unit => this.received.push(unit.sample.toString()),
      stuck: () => {},
      failed: error => this.close(describeError(error)),
    })
    this.#senders.set(media, this.#lifetime.own(sender))
    sender.attach(track as UnitTrack, true)
  }

  accepts(media: Media, codec: Codec): boolean {
    const before = this.#senders.get(media)?.codec
    return before === undefined || sameCodec(before, codec)
  }

  start(): void {
    this.started = true
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
