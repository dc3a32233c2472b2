import type { Consumer } from '../core/consumer.ts'
import type { Media } from '../core/media.ts'
import { reconnectDelay } from '../runtime/backoff.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Pacer } from '../runtime/pacer.ts'
import { SilentConsumer } from './silent-consumer.ts'

/** How a preload is made. */
export interface PreloadOptions {
  /** What is kept running; `sendonly`. */
  readonly medias: readonly Media[]
  /** As it was asked for, to be shown. */
  readonly query: string
  readonly clock: Clock
  /** Spaces out those that begin together, as at a start. */
  readonly pacer: Pacer
  readonly logger: Logger
  /** Feeds a consumer from the stream. Rejects with a `MediaError`. */
  readonly add: (consumer: Consumer) => Promise<void>
}

/** Keeps a stream running without viewers, for good: a refusal or an end is answered by another try, on go2rtc's schedule. */
export class Preload implements Disposable {
  readonly query: string
  readonly #options: PreloadOptions
  #consumer: SilentConsumer | undefined
  #retry: Disposable | undefined
  #ended = false

  constructor(options: PreloadOptions) {
    this.#options = options
    this.query = options.query
    this.#retry = options.pacer.admit(() => void this.#begin(1))
  }

  /** The one that keeps it running; `undefined` between two tries. */
  get consumer(): SilentConsumer | undefined {
    return this.#consumer
  }

  async #begin(attempt: number): Promise<void> {
    const { medias, clock, logger, add } = this.#options
    const consumer = new SilentConsumer({ formatName: 'preload', medias, clock })
    this.#consumer = consumer
    try {
      await add(consumer)
      if (this.#ended) consumer.close()
      const { message } = await consumer.closed
      if (!this.#ended) logger.warn({ error: message }, 'preload ended')
      this.#later(1)
    } catch (error) {
      consumer.close()
      if (!this.#ended) logger.warn({ error: describeError(error).message }, 'stream cannot be preloaded')
      this.#later(attempt + 1)
    }
  }

  #later(attempt: number): void {
    this.#consumer = undefined
    if (this.#ended) return
    this.#retry = this.#options.clock.after(reconnectDelay(attempt), () => void this.#begin(attempt))
  }

  [Symbol.dispose](): void {
    this.#ended = true
    this.#retry?.[Symbol.dispose]()
    this.#consumer?.close()
  }
}
