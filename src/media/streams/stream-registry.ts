import { LimitError, MediaError } from '../runtime/errors.ts'
import type { ExpectedPublications } from './expected-publications.ts'
import { OnTheFlyStreams } from './on-the-fly-streams.ts'
import type { SourceUrl } from './source-url.ts'
import { type PublicationPlace, Stream, type StreamOptions } from './stream.ts'
import type { StreamDefinition } from './stream-definition.ts'
import { streamNameInUrl } from './stream-name-in-url.ts'

/** Streams an engine may hold: far above any installation, far below what memory bears. */
const STREAMS_MAX = 10_000

/** No stream of that name; `message` is go2rtc's. */
export class StreamNotFoundError extends MediaError {
  readonly code = 'stream_not_found'

  constructor() {
    super('stream not found')
  }
}

/** What a registry works with. */
export interface RegistryOptions extends StreamOptions {
  readonly publications: ExpectedPublications
}

/** The streams that exist, by identity and by name: those that are configured, and those made on the fly. */
export class StreamRegistry implements Disposable {
  readonly #options: RegistryOptions
  readonly #byId = new Map<string, Stream>()
  readonly #byName = new Map<string, Stream>()
  readonly #aliases = new Map<string, string>()
  readonly #onTheFly: OnTheFlyStreams

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#onTheFly = new OnTheFlyStreams(options)
  }

  /** In the order they were added; those made on the fly last. */
  get all(): readonly Stream[] {
    return [...this.#byId.values(), ...this.#onTheFly.all]
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
      for (const [alias, name] of this.#aliases) if (name === known.name) this.#aliases.set(alias, definition.name)
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
    return this.#byId.get(id) ?? this.#onTheFly.byId(id)
  }

  byName(name: string): Stream | undefined {
    return this.#named(name) ?? this.#named(this.#aliases.get(name) ?? '')
  }

  /** Other names of streams: alias to name. An alias counts while no stream is called so itself. */
  get aliases(): ReadonlyMap<string, string> {
    return this.#aliases
  }

  /** Gives a stream one more name, until the end of the process. Throws `StreamNotFoundError` and `LimitError`. */
  setAlias(alias: string, name: string): void {
    const stream = this.need(name)
    if (this.#aliases.size >= STREAMS_MAX && !this.#aliases.has(alias)) throw new LimitError('aliases', STREAMS_MAX)
    this.#aliases.set(alias, stream.name)
  }

  #named(name: string): Stream | undefined {
    return this.#byName.get(name) ?? this.#onTheFly.byName(name)
  }

  /** What a viewer may write for a stream: its name, or an RTSP address whose path is one (of whatever host, as go2rtc has it). */
  find(asked: string): Stream | undefined {
    return this.byName(asked) ?? this.byName(streamNameInUrl(asked) ?? '')
  }

  /** Throws `StreamNotFoundError`. */
  need(name: string): Stream {
    const stream = this.byName(name)
    if (stream === undefined) throw new StreamNotFoundError()
    return stream
  }

  /** The same by identity. */
  needById(id: string): Stream {
    const stream = this.byId(id)
    if (stream === undefined) throw new StreamNotFoundError()
    return stream
  }

  /**
   * A stream for somebody who named a source instead of a stream; it goes when nobody uses it any more. A stream
   * of the configuration is never changed by it: one of that name is given as it is, unless it is a template,
   * which gives a stream of its own with the source filled in. Throws a `LimitError`, or a
   * `SourceNotSupportedError` where a template is none that a request may fill.
   */
  borrow(source: SourceUrl, name: string): Stream {
    const known = this.#byName.get(name)
    if (known === undefined) return this.#onTheFly.borrow(name, [source])
    const filled = known.sources.map(({ url }) => url.replace('{input}', () => source) as SourceUrl)
    if (!known.sources.some(({ url }) => url.includes('{input}'))) return known
    for (const one of filled) this.#options.schemes.check(one, 'request')
    return this.#onTheFly.borrow(`${name}/${source}`, filled)
  }

  /** Where somebody who publishes at a path belongs: a program that was started for it, or the stream of that name. */
  placeFor(path: string): PublicationPlace | undefined {
    const { publications } = this.#options
    const context = publications.contextOf(path)
    if (context === undefined) return this.byName(path)?.publication()
    return {
      context,
      take: producer => {
        if (!publications.give(path, producer))
          producer.close({ code: 'not_expected', message: 'nobody waits for what was published any more' })
      },
    }
  }

  [Symbol.dispose](): void {
    this.#onTheFly[Symbol.dispose]()
    for (const stream of this.#byId.values()) stream.close({ code: 'shutdown', message: 'the server is going down' })
    this.#byId.clear()
    this.#byName.clear()
  }
}
