import { LimitError } from '../runtime/errors.ts'
import { millis } from '../runtime/units.ts'
import type { SourceUrl } from './source-url.ts'
import { Stream, type StreamOptions } from './stream.ts'

/** Streams made on the fly at once: whoever may watch may make them, so they are few. */
const STREAMS_MAX = 100
/** Milliseconds between two looks for those that nobody uses any more. */
const SWEEP_MS = 10_000
/** Milliseconds one stays after it was asked for last: between the request and the viewer, and between two viewers. */
const UNUSED_MS_MAX = 60_000

interface Borrowed {
  readonly stream: Stream
  usedAt: number
}

/** Streams that a viewer named by their source: in no configuration, and gone when nobody uses them any more. */
export class OnTheFlyStreams implements Disposable {
  readonly #options: StreamOptions
  readonly #byName = new Map<string, Borrowed>()
  #sweep: Disposable | undefined

  constructor(options: StreamOptions) {
    this.#options = options
  }

  get all(): readonly Stream[] {
    return [...this.#byName.values()].map(({ stream }) => stream)
  }

  byName(name: string): Stream | undefined {
    return this.#byName.get(name)?.stream
  }

  byId(id: string): Stream | undefined {
    return id.startsWith(ID_PREFIX) ? this.byName(id.slice(ID_PREFIX.length)) : undefined
  }

  /** The stream of a name, with these sources from now on; made when there is none. Throws a `LimitError`. */
  borrow(name: string, sources: readonly SourceUrl[]): Stream {
    const now = this.#options.clock.now()
    const known = this.#byName.get(name)
    if (known !== undefined) {
      known.usedAt = now
      known.stream.setSources(sources)
      return known.stream
    }
    if (this.#byName.size >= STREAMS_MAX) throw new LimitError('streams made on the fly', STREAMS_MAX)
    const stream = new Stream({ id: `${ID_PREFIX}${name}`, name, sources }, this.#options)
    this.#byName.set(name, { stream, usedAt: now })
    this.#sweep ??= this.#options.clock.every(millis(SWEEP_MS), () => this.#letGo())
    return stream
  }

  #letGo(): void {
    const now = this.#options.clock.now()
    for (const [name, borrowed] of this.#byName) {
      if (!borrowed.stream.idle) borrowed.usedAt = now
      if (now - borrowed.usedAt < UNUSED_MS_MAX) continue
      this.#byName.delete(name)
      borrowed.stream.close({ code: 'unused', message: 'nobody watched it any more' })
    }
    if (this.#byName.size > 0) return
    this.#sweep?.[Symbol.dispose]()
    this.#sweep = undefined
  }

  [Symbol.dispose](): void {
    this.#sweep?.[Symbol.dispose]()
    for (const { stream } of this.#byName.values())
      stream.close({ code: 'shutdown', message: 'the server is going down' })
    this.#byName.clear()
  }
}

/** Identities of these streams; those of the configuration are UUIDs. */
const ID_PREFIX = 'on-the-fly:'
