import type { Producer } from '../core/producer.ts'
import { ClosedError, MediaError } from '../runtime/errors.ts'

/** Paths that may be waited for at once: one for each program that runs. */
const PATHS_MAX = 1000

/** Somebody waits for that path already. */
export class PublicationExpectedError extends MediaError {
  readonly code = 'already_expected'

  constructor() {
    super('a program that publishes here has been started already')
  }
}

/** Who waits for whom to publish: an `exec:` source with `{output}` for its program. Paths are without their first slash. */
export class ExpectedPublications {
  readonly #waiting = new Map<string, (producer: Producer) => void>()

  /** Whether somebody waits for this path. */
  has(path: string): boolean {
    return this.#waiting.has(path)
  }

  /**
   * Waits for somebody to publish. Rejects with `ClosedError` when the signal aborts, and with
   * `PublicationExpectedError` at once when the path is waited for already.
   */
  async expect(path: string, signal: AbortSignal): Promise<Producer> {
    if (signal.aborted) throw new ClosedError('the dial')
    if (this.#waiting.has(path) || this.#waiting.size >= PATHS_MAX) throw new PublicationExpectedError()
    const { promise, resolve, reject } = Promise.withResolvers<Producer>()
    const abort = (): void => reject(new ClosedError('the dial'))
    this.#waiting.set(path, resolve)
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await promise
    } finally {
      this.#waiting.delete(path)
      signal.removeEventListener('abort', abort)
    }
  }

  /** Hands a producer to whoever waits for its path, who owns it from then on; `false` when nobody does. */
  give(path: string, producer: Producer): boolean {
    const take = this.#waiting.get(path)
    if (take === undefined) return false
    this.#waiting.delete(path)
    take(producer)
    return true
  }
}
