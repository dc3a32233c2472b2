import type { ConfigChange, ControlPlane, RecordedEvent } from '../commands/control-plane.ts'
import type { ConfigurationChanged, StatusChanged, StatusRef } from './builder.ts'
import type { Live } from './live.ts'

/** Changes that wait for a slow subscriber; with more it reads them from the log when it comes. */
const QUEUE_LENGTH_MAX = 64
/** Statuses in one message, but for the first. */
const STATUS_COUNT_MAX = 500

/** What a feed is made of. */
export interface ChangeFeedOptions {
  readonly controlPlane: Pick<ControlPlane, 'streams' | 'position' | 'onChange' | 'eventsAfter'>
  readonly live: Pick<Live, 'stream' | 'notIdle' | 'onChange'>
  /** The last position the subscriber has seen; default: now. */
  readonly after?: number | undefined
  /** Ends the feed. */
  readonly signal: AbortSignal
}

/**
 * Everything that changes, for one subscriber: first what runs now, then the configuration from a position on,
 * each event once and in order, and every stream whose status changed. A subscriber that does not read costs a
 * short queue and a set of ids.
 */
export class ChangeFeed implements AsyncIterableIterator<ConfigurationChanged | StatusChanged> {
  readonly #options: ChangeFeedOptions
  readonly #held = new DisposableStack()
  readonly #queue: ConfigChange[] = []
  readonly #changed = new Set<string>()
  #wake = Promise.withResolvers<void>()
  #greeted = false
  #behind: boolean
  #position: number

  constructor(options: ChangeFeedOptions) {
    this.#options = options
    const { controlPlane, live, signal, after } = options
    this.#position = Math.min(Math.max(after ?? controlPlane.position, 0), controlPlane.position)
    this.#behind = this.#position < controlPlane.position
    this.#held.use(controlPlane.onChange(change => this.#queueChange(change)))
    this.#held.use(live.onChange(ids => this.#queueStatuses(ids)))
    const end = (): void => this.#end()
    signal.addEventListener('abort', end, { once: true })
    this.#held.defer(() => signal.removeEventListener('abort', end))
    if (signal.aborted) this.#end()
  }

  async next(): Promise<IteratorResult<ConfigurationChanged | StatusChanged, undefined>> {
    while (!this.#held.disposed) {
      this.#wake = Promise.withResolvers<void>()
      const value = this.#greeting() ?? (await this.#nextChange()) ?? this.#nextStatuses()
      if (value !== undefined) return { value, done: false }
      // What came while the log was read has woken it already.
      await this.#wake.promise
    }
    return { value: undefined, done: true }
  }

  async return(): Promise<IteratorResult<ConfigurationChanged | StatusChanged, undefined>> {
    this.#end()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  /** Calls `ended` once, when it ends for whatever reason. */
  onEnd(ended: () => void): void {
    if (this.#held.disposed) ended()
    else this.#held.defer(ended)
  }

  #end(): void {
    this.#held.dispose()
    this.#wake.resolve()
  }

  #queueChange(change: ConfigChange): void {
    if (this.#queue.length >= QUEUE_LENGTH_MAX) {
      this.#queue.length = 0
      this.#behind = true
    } else if (!this.#behind) this.#queue.push(change)
    this.#wake.resolve()
  }

  #queueStatuses(ids: ReadonlySet<string>): void {
    for (const id of ids) this.#changed.add(id)
    this.#wake.resolve()
  }

  #greeting(): StatusChanged | undefined {
    if (this.#greeted) return undefined
    this.#greeted = true
    const statuses = this.#options.live.notIdle().map((live): StatusRef => ({ id: live.snapshot.id, live }))
    return { kind: 'StatusChanged', statuses }
  }

  async #nextChange(): Promise<ConfigurationChanged | undefined> {
    if (this.#behind) {
      const events = await this.#options.controlPlane.eventsAfter(this.#position)
      const last = events.at(-1)
      if (last !== undefined) this.#position = last.position
      // While it is behind nothing is queued: what came during the reading is in the log, and read next.
      this.#behind = last !== undefined && last.position < this.#options.controlPlane.position
      if (last !== undefined) return this.#replayed(last.position, events)
    }
    for (let change = this.#queue.shift(); change !== undefined; change = this.#queue.shift()) {
      if (change.position <= this.#position) continue
      this.#position = change.position
      return { kind: 'ConfigurationChanged', ...change }
    }
    return undefined
  }

  #replayed(position: number, events: readonly RecordedEvent[]): ConfigurationChanged {
    const { streams } = this.#options.controlPlane
    const byId = new Map([...streams.values()].map(record => [record.id, record]))
    const touched = [...new Set(events.map(event => event.streamId))]
    return {
      kind: 'ConfigurationChanged',
      position,
      events,
      streams: touched.flatMap(id => byId.get(id) ?? []),
      removed: touched.filter(id => !byId.has(id)),
    }
  }

  #nextStatuses(): StatusChanged | undefined {
    const statuses: StatusRef[] = []
    for (const id of this.#changed) {
      if (statuses.length >= STATUS_COUNT_MAX) break
      this.#changed.delete(id)
      const live = this.#options.live.stream(id)
      if (live !== undefined) statuses.push({ id, live })
    }
    return statuses.length === 0 ? undefined : { kind: 'StatusChanged', statuses }
  }
}
