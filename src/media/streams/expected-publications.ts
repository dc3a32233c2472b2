import type { Producer } from '../core/producer.ts'
import { ClosedError, MediaError } from '../runtime/errors.ts'
import type { DialContext } from './scheme.ts'

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
  readonly #waiting = new Map<string, { readonly context: DialContext; readonly take: (producer: Producer) => void }>()

  /** What a producer for this path is to be made with; `undefined` when nobody waits for it. */
  contextOf(path: string): DialContext | undefined {
    return this.#waiting.get(path)?.context
  }

  /**
   * Waits for somebody to publish. Rejects with `ClosedError` when the context's signal aborts, and
   * with `PublicationExpectedError` at once when the path is waited for already.
   */
  async expect(path: string, context: DialContext): Promise<Producer> {
    const { signal } = context
    if (signal.aborted) throw new ClosedError('the dial')
    if (this.#waiting.has(path) || this.#waiting.size >= PATHS_MAX) throw new PublicationExpectedError()
    const { promise, resolve, reject } = Promise.withResolvers<Producer>()
    const abort = (): void => reject(new ClosedError('the dial'))
    this.#waiting.set(path, { context, take: resolve })
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
    const waiting = this.#waiting.get(path)
    if (waiting === undefined) return false
    this.#waiting.delete(path)
    waiting.take(producer)
    return true
  }
}
