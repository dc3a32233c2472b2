import type { Codec } from '../../core/codec.ts'
import type { ConnectionInfo } from '../../core/connection-info.ts'
import type { Media } from '../../core/media.ts'
import type { Producer, Talk } from '../../core/producer.ts'
import type { AnyTrack } from '../../core/track.ts'
import type { ChildHandle } from '../../processes/child-handle.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type CloseReason, Lifetime } from '../../runtime/lifetime.ts'
import { millis } from '../../runtime/units.ts'
import { type ExecSource, inputAddress, inputText } from './exec-source.ts'
import { reasonOf } from './run-program.ts'

/** Milliseconds a program may take to end after its connection did: why it ended says more than that it did. */
const EXIT_MS_MAX = 500

/** What a program published to us, and the program: either ends with the other. */
export class PublishedProducer implements Producer {
  readonly #published: Producer
  readonly #child: ChildHandle
  readonly #info: ConnectionInfo
  readonly #lifetime = new Lifetime()

  constructor(published: Producer, child: ChildHandle, source: ExecSource, clock: Clock) {
    this.#published = published
    this.#child = child
    const { info } = published
    const from = inputAddress(source.parameters)
    this.#info = {
      ...info,
      source: source.line,
      url: from === undefined ? info.url : inputText(source.parameters),
      remoteAddress: from === undefined ? info.remoteAddress : `${info.remoteAddress} forwarded ${from.host}`,
    }
    this.#lifetime.defer(() => child.close())
    this.#lifetime.defer(() => published.close())
    void child.exited.then(exit => this.close(reasonOf(source.program, exit)))
    void published.closed.then(reason => this.#lifetime.own(clock.after(millis(EXIT_MS_MAX), () => this.close(reason))))
  }

  get info(): ConnectionInfo {
    const { bytesReceived, bytesSent, sdp } = this.#published.info
    return Object.assign(this.#info, { bytesReceived, bytesSent, sdp })
  }

  get medias(): readonly Media[] {
    return this.#published.medias
  }

  get closed(): Promise<CloseReason> {
    return this.#lifetime.closed
  }

  /** The program's process number. */
  get pid(): number {
    return this.#child.pid
  }

  track(media: Media): AnyTrack | undefined {
    return this.#published.track(media)
  }

  start(): Promise<void> {
    return this.#published.start()
  }

  talk(media: Media, codec: Codec, track: AnyTrack): Talk | undefined {
    return this.#published.talk?.(media, codec, track)
  }

  close(reason?: CloseReason): void {
    this.#lifetime.close(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
