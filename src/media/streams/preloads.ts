import type { Clock } from '../runtime/clock.ts'
import { LimitError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Pacer } from '../runtime/pacer.ts'
import { parseMediaRequest } from './media-request.ts'
import { Preload } from './preload.ts'
import { snapshotConsumer } from './snapshot-stream.ts'
import type { StreamRegistry } from './stream-registry.ts'
import type { ConsumerSnapshot } from './stream-snapshot.ts'

/** Streams that may be kept running: each costs what its source costs. */
const PRELOADS_MAX = 1000
/** What is kept running when nothing is said: go2rtc's. */
const DEFAULT_QUERY = 'video&audio'

/** A stream that is kept running. */
export interface PreloadSnapshot {
  readonly stream: string
  /** As it was asked for; empty: video and audio. */
  readonly query: string
  /** Absent between two tries. */
  readonly consumer?: ConsumerSnapshot
}

/** The streams that run without viewers, by name. */
export class Preloads implements Disposable {
  readonly #streams: StreamRegistry
  readonly #clock: Clock
  readonly #pacer: Pacer
  readonly #logger: Logger
  readonly #byName = new Map<string, Preload>()

  constructor(streams: StreamRegistry, clock: Clock, pacer: Pacer, logger: Logger) {
    this.#streams = streams
    this.#clock = clock
    this.#pacer = pacer
    this.#logger = logger
  }

  /** Keeps a stream running from now on, with what the query asks for; saying the same again changes nothing. Throws a `LimitError`. */
  set(name: string, query: string): void {
    if (this.#byName.get(name)?.query === query) return
    this.remove(name)
    if (this.#byName.size >= PRELOADS_MAX) throw new LimitError('preloads', PRELOADS_MAX)
    const medias = parseMediaRequest(query)
    const preload = new Preload({
      medias: medias.length > 0 ? medias : parseMediaRequest(DEFAULT_QUERY),
      query,
      clock: this.#clock,
      pacer: this.#pacer,
      logger: this.#logger.with({ stream: name }),
      add: async consumer => this.#streams.need(name).add(consumer),
    })
    this.#byName.set(name, preload)
  }

  /** Lets it go; `false` when it was not kept running. */
  remove(name: string): boolean {
    this.#byName.get(name)?.[Symbol.dispose]()
    return this.#byName.delete(name)
  }

  /** All of them, as they are now. */
  snapshot(): readonly PreloadSnapshot[] {
    return [...this.#byName].map(([stream, { query, consumer }]) => ({
      stream,
      query,
      ...(consumer !== undefined && { consumer: snapshotConsumer(consumer) }),
    }))
  }

  [Symbol.dispose](): void {
    for (const preload of this.#byName.values()) preload[Symbol.dispose]()
    this.#byName.clear()
  }
}
