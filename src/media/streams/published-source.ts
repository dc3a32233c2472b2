import type { Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import type { Clock } from '../runtime/clock.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import { type Millis, millis } from '../runtime/units.ts'
import { SourceLostError } from './source-lost-error.ts'
import type { FactCause, SourceState } from './stream-facts.ts'
import type { StreamSource } from './stream-source.ts'

/** Milliseconds viewers wait for a publisher that has left: an encoder that starts again takes a few seconds. */
const ABSENCE_MS_MAX = 15_000

/** What a published source works with. */
export interface PublishedSourceOptions {
  readonly clock: Clock
  /** Whether any viewer is fed from it. */
  readonly wanted: () => boolean
  /** The state changed; read it from the source. */
  readonly changed: () => void
  /** A connection of it has ended. */
  readonly ended: (producer: Producer, reason: CloseReason) => void
  /** A publisher has taken the place of the one before: viewers want the new tracks. */
  readonly revived: () => void
  /** It is over: nobody came back in time, or nobody waited. */
  readonly over: (cause: FactCause) => void
}

/** A source that came by itself: somebody publishes here. Its viewers wait a while when it leaves, for it to come back. */
export class PublishedSource implements StreamSource {
  readonly published = true
  url = ''
  medias: readonly Media[] = []
  readonly #options: PublishedSourceOptions
  #producer: Producer | undefined
  #cause: FactCause | undefined
  #pastBytes = 0
  #absence: Disposable | undefined
  #waitsUntil = millis(0)

  constructor(options: PublishedSourceOptions) {
    this.#options = options
  }

  get state(): SourceState {
    return this.#producer === undefined ? 'waiting' : 'live'
  }

  get cause(): FactCause | undefined {
    return this.#cause
  }

  /** Until it is given up: nobody knows when a publisher tries again. */
  get retryIn(): Millis | undefined {
    return this.#absence && millis(this.#waitsUntil - this.#options.clock.now())
  }

  get producer(): Producer | undefined {
    return this.#producer
  }

  get receivedBytes(): number {
    return this.#pastBytes + (this.#producer?.info.bytesReceived ?? 0)
  }

  /** Somebody publishes: the first one, or one that takes the place of the one that left. */
  adopt(producer: Producer): void {
    this.#endAbsence()
    this.#producer = producer
    this.#cause = undefined
    this.url = producer.info.url
    this.medias = producer.medias
    void producer.closed.then(reason => {
      this.#options.ended(producer, reason)
      this.#lost(producer, reason)
    })
    this.#options.changed()
    this.#options.revived()
  }

  async demand(): Promise<Producer> {
    if (this.#producer === undefined) throw new SourceLostError(this.#cause ?? publisherGone)
    return this.#producer
  }

  /** There is nobody to dial. */
  insist(): void {}

  /** Nobody lets a publisher go but itself; an absent one is not waited for any longer. */
  release(): void {
    if (this.#producer === undefined) this.#give(this.#cause ?? publisherGone)
  }

  async start(): Promise<void> {
    await this.#producer?.start()
  }

  [Symbol.dispose](): void {
    this.#endAbsence()
    this.#producer?.close({ code: 'stream_removed', message: 'the stream was removed' })
  }

  #lost(producer: Producer, reason: CloseReason): void {
    if (this.#producer !== producer) return
    this.#pastBytes += producer.info.bytesReceived
    this.#producer = undefined
    this.#cause = reason.code === 'done' ? publisherGone : reason
    if (!this.#options.wanted()) {
      this.#give(this.#cause)
      return
    }
    const { clock } = this.#options
    this.#waitsUntil = millis(clock.now() + ABSENCE_MS_MAX)
    this.#absence = clock.after(millis(ABSENCE_MS_MAX), () => this.#give(this.#cause ?? publisherGone))
    this.#options.changed()
  }

  #give(cause: FactCause): void {
    this.#endAbsence()
    this.#options.over(cause)
  }

  #endAbsence(): void {
    this.#absence?.[Symbol.dispose]()
    this.#absence = undefined
  }
}

const publisherGone: FactCause = { code: 'publisher_left', message: 'whoever published here has left' }
