import { LimitError, MediaError } from '../runtime/errors.ts'
import { Stream, type StreamOptions } from './stream.ts'
import type { StreamDefinition } from './stream-definition.ts'

/** Streams an engine may hold: far above any installation, far below what memory bears. */
const STREAMS_MAX = 10_000

/** No stream of that name; `message` is go2rtc's. */
export class StreamNotFoundError extends MediaError {
  readonly code = 'stream_not_found'

  constructor() {
    super('stream not found')
  }
}

/** The streams that exist, by identity and by name. */
export class StreamRegistry implements Disposable {
  readonly #options: StreamOptions
  readonly #byId = new Map<string, Stream>()
  readonly #byName = new Map<string, Stream>()

  constructor(options: StreamOptions) {
    this.#options = options
  }

  /** In the order they were added. */
  get all(): Iterable<Stream> {
    return this.#byId.values()
  }

  /** Adds, renames, changes: whatever makes the stream what it should be. A name taken from another stream is the newer one's. */
  set(definition: StreamDefinition): void {
    const known = this.#byId.get(definition.id)
    if (known === undefined) {
      this.#add(definition)
      return
    }
    if (known.name !== definition.name) {
      if (this.#byName.get(known.name) === known) this.#byName.delete(known.name)
      known.rename(definition.name)
      this.#byName.set(definition.name, known)
    }
    known.setSources(definition.sources)
  }

  #add(definition: StreamDefinition): void {
    if (this.#byId.size >= STREAMS_MAX) throw new LimitError('streams', STREAMS_MAX)
    const stream = new Stream(definition, this.#options)
    this.#byId.set(definition.id, stream)
    this.#byName.set(definition.name, stream)
  }

  /** Ends a stream with its viewers; an unknown one is no matter. */
  remove(id: string): void {
    const stream = this.#byId.get(id)
    if (stream === undefined) return
    this.#byId.delete(id)
    if (this.#byName.get(stream.name) === stream) this.#byName.delete(stream.name)
    stream.close({ code: 'stream_removed', message: 'the stream was removed' })
  }

  byId(id: string): Stream | undefined {
    return this.#byId.get(id)
  }

  byName(name: string): Stream | undefined {
    return this.#byName.get(name)
  }

  /** Throws `StreamNotFoundError`. */
  need(name: string): Stream {
    const stream = this.#byName.get(name)
    if (stream === undefined) throw new StreamNotFoundError()
    return stream
  }

  [Symbol.dispose](): void {
    for (const stream of this.#byId.values()) stream.close({ code: 'shutdown', message: 'the server is going down' })
    this.#byId.clear()
    this.#byName.clear()
  }
}
