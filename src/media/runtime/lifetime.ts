/** Why something ended: `code` is for programs, `message` for people. */
export interface CloseReason {
  readonly code: string
  readonly message: string
}

/** The ordinary end: nobody needs it any more. */
export const done: CloseReason = { code: 'done', message: 'no longer needed' }

/** Something that ends once. `close` may be called again and does nothing then. */
export interface Closeable extends Disposable {
  /** Fulfilled with the first reason given. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Ends it. Idempotent, synchronous, never throws. */
  close(reason?: CloseReason): void
}

/** Keeps that promise for a class: hold things with `own`; `close` ends them, newest first. */
export class Lifetime implements Closeable {
  readonly #held = new DisposableStack()
  readonly #closed = Promise.withResolvers<CloseReason>()
  readonly #abort = new AbortController()
  // `disposed` of a stack costs a call out of JavaScript, and `ended` is asked for each write.
  #ended = false

  get closed(): Promise<CloseReason> {
    return this.#closed.promise
  }

  /** Whether the end has come. */
  get ended(): boolean {
    return this.#ended
  }

  /** Aborts on close, so that a dial in flight is given up. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Takes over `thing`. What arrives after the end is let go at once. */
  own<Thing extends Disposable>(thing: Thing): Thing {
    if (this.#ended) thing[Symbol.dispose]()
    else this.#held.use(thing)
    return thing
  }

  /** Runs `end` at the end; at once when it has already come. */
  defer(end: () => void): void {
    if (this.#ended) end()
    else this.#held.defer(end)
  }

  close(reason: CloseReason = done): void {
    if (this.#ended) return
    this.#ended = true
    this.#abort.abort()
    this.#held.dispose()
    this.#closed.resolve(reason)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
