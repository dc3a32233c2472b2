import { describeError, type Engine, type ProbeResult, parseSourceUrl, type StreamSnapshot } from '#media'

/** Milliseconds between two looks at how much has arrived. */
const SAMPLE_MS = 1_000
/** Milliseconds in which facts are gathered before they are told: ten tellings a second at most. */
const GATHER_MS = 100

/** A stream with what only time can tell. */
export interface LiveStream {
  readonly snapshot: StreamSnapshot
  /** Media received from all its sources over the last second. */
  readonly bitsPerSecond: number
}

/** Told which streams may have changed since the last time. */
export type LiveListener = (streamIds: ReadonlySet<string>) => void

/** The part of the engine that is watched. */
export type FollowedEngine = Pick<
  Engine,
  'streams' | 'streamById' | 'activity' | 'onFact' | 'probe' | 'checkSource' | 'schemes'
>

interface Sample {
  readonly bytes: number
  readonly at: number
  readonly bitsPerSecond: number
}

/** Follows what the engine tells, measures bitrates, and tells who listens which streams to look at again. */
export class EngineFollow implements Disposable {
  readonly #engine: FollowedEngine
  readonly #now: () => number
  readonly #listeners = new Set<LiveListener>()
  readonly #samples = new Map<string, Sample>()
  /** Streams that are not idle, or were not a second ago: of ten thousand, most are. */
  readonly #active = new Set<string>()
  readonly #dirty = new Set<string>()
  readonly #held = new DisposableStack()
  #gathering: NodeJS.Timeout | undefined

  constructor(engine: FollowedEngine, now: () => number = () => performance.now()) {
    this.#engine = engine
    this.#now = now
    for (const { id, state } of engine.streams()) if (state !== 'idle') this.#active.add(id)
    this.#held.use(
      engine.onFact(({ streamId }) => {
        this.#active.add(streamId)
        this.#mark(streamId)
      }),
    )
    const sampling = setInterval(() => this.sample(), SAMPLE_MS).unref()
    this.#held.defer(() => clearInterval(sampling))
    this.#held.defer(() => clearTimeout(this.#gathering))
  }

  /** Schemes that a source may begin with. */
  get schemes(): readonly string[] {
    return this.#engine.schemes
  }

  /** A stream as it is now; `undefined` when the engine has none of this id. */
  stream(id: string): LiveStream | undefined {
    const snapshot = this.#engine.streamById(id)
    return snapshot === undefined ? undefined : this.#withBitrate(snapshot)
  }

  /** All streams that somebody watches, or that should run. */
  notIdle(): readonly LiveStream[] {
    return [...this.#active].flatMap(id => {
      const live = this.stream(id)
      return live === undefined || live.snapshot.state === 'idle' ? [] : [live]
    })
  }

  /** Tells which streams to look at again: after facts, and once a second where media flows. Dispose to stop. */
  onChange(listener: LiveListener): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** Dials a source without keeping it. Never rejects: what is wrong with it is in the answer. */
  async probe(source: string, signal: AbortSignal): Promise<ProbeResult> {
    try {
      this.#engine.checkSource(source)
      return await this.#engine.probe(parseSourceUrl(source), signal)
    } catch (error) {
      return { tracks: [], tookMs: 0, problem: describeError(error) }
    }
  }

  /** Measures every stream that runs, and forgets those that do not. */
  sample(): void {
    const at = this.#now()
    for (const id of this.#active) {
      const { state, receivedBytes } = this.#engine.activity(id) ?? { state: 'idle', receivedBytes: 0 }
      if (state === 'idle') {
        this.#active.delete(id)
        this.#samples.delete(id)
      } else this.#measure(id, at, receivedBytes)
      // A stream that has gone idle is told once more; one that waits or failed told so when it did.
      if (state === 'idle' || state === 'live') this.#mark(id)
    }
  }

  #measure(id: string, at: number, bytes: number): void {
    const last = this.#samples.get(id)
    const seconds = last === undefined ? 0 : (at - last.at) / 1000
    const bitsPerSecond = last === undefined || seconds <= 0 ? 0 : Math.max(0, ((bytes - last.bytes) * 8) / seconds)
    this.#samples.set(id, { bytes, at, bitsPerSecond })
  }

  [Symbol.dispose](): void {
    this.#held.dispose()
    this.#listeners.clear()
  }

  #withBitrate(snapshot: StreamSnapshot): LiveStream {
    return { snapshot, bitsPerSecond: Math.round(this.#samples.get(snapshot.id)?.bitsPerSecond ?? 0) }
  }

  #mark(id: string): void {
    if (this.#listeners.size === 0) return
    this.#dirty.add(id)
    this.#gathering ??= setTimeout(() => this.#tell(), GATHER_MS).unref()
  }

  #tell(): void {
    this.#gathering = undefined
    const ids = new Set(this.#dirty)
    this.#dirty.clear()
    for (const listener of this.#listeners) listener(ids)
  }
}
