import { SvelteMap } from 'svelte/reactivity'
import { sleep } from '../lib/abortable.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Change, LogEvent, Stream, StreamStatus, System } from './documents.ts'
import { OverviewQuery, SystemQuery } from './documents.ts'
import { followChanges } from './feed.ts'
import { request, sentenceOf } from './request.ts'

/** How often the server is asked for its memory and problems, which no feed tells; also finds dead connections. */
const SYSTEM_PERIOD_MS = 10_000

/** A server that needs longer than this for a small question is gone. */
const ANSWER_MS_MAX = 8000

/** The feed is at most this much later than a command's answer; if it is later still, something else is wrong. */
const FEED_LAG_MS_MAX = 2000

/** `reconnecting`: what is shown is the last that was known. */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting'

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** The server as it last told itself: streams, what they do, the system. Kept by one subscription for the whole page. */
export class Live {
  #streams = $state.raw<readonly Stream[]>([])
  #system = $state.raw<System | undefined>()
  #connection = $state<ConnectionState>('connecting')
  #problem = $state<string | undefined>()
  #loaded = $state(false)
  #position = 0
  /** The first statuses of a connection name every stream that is not idle; later ones only what changed. */
  #awaitingStatuses = true
  #connected: AbortSignal | undefined
  readonly #statuses = new SvelteMap<string, StreamStatus>()
  readonly #eventListeners = new Set<(events: readonly LogEvent[]) => void>()
  readonly #byName = $derived(new Map(this.#streams.map(stream => [stream.name, stream])))

  /** By name, as people sort: `cam2` before `cam10`. */
  get streams(): readonly Stream[] {
    return this.#streams
  }

  /** By stream id. */
  get statuses(): ReadonlyMap<string, StreamStatus> {
    return this.#statuses
  }

  get system(): System | undefined {
    return this.#system
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  /** Why there is no connection. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether the streams have been told once. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** Of the newest event known. */
  get position(): number {
    return this.#position
  }

  /** The stream that has this name now. */
  find(name: string): Stream | undefined {
    return this.#byName.get(name)
  }

  /** Hears new entries of the log, oldest first. Call the answer to stop. */
  onEvents(listener: (events: readonly LogEvent[]) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  /** Resolves when the feed has told everything up to a position, or when it is not worth waiting longer. */
  async reached(position: number): Promise<void> {
    const done = new AbortController()
    const stop = this.onEvents(() => {
      if (this.#position >= position) done.abort()
    })
    if (this.#position < position) await sleep(FEED_LAG_MS_MAX, done.signal)
    stop()
  }

  /** Connects, and connects again, until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const connection = new AbortController()
      const end = AbortSignal.any([signal, connection.signal])
      try {
        this.#connected = end
        await this.#catchUp(end)
        void this.#watchSystem(end).catch(error => connection.abort(error))
        const connected = () => {
          attempt = 0
          this.#connection = 'connected'
          this.#problem = undefined
        }
        await followChanges(this.#position, { connected, received: change => this.receive(change) }, end)
      } catch (error) {
        this.#problem = sentenceOf(connection.signal.aborted ? connection.signal.reason : error)
      }
      connection.abort()
      this.#connection = this.#loaded ? 'reconnecting' : 'connecting'
      await sleep(backoffMs(attempt), signal)
    }
  }

  /** Takes everything anew. */
  load(system: System, streams: readonly (Stream & { readonly status: StreamStatus })[]): void {
    this.#statuses.clear()
    for (const { status } of streams) this.#statuses.set(status.id, status)
    this.#streams = sorted(streams.map(withoutStatus))
    this.#system = system
    this.#position = system.position
    this.#awaitingStatuses = true
    this.#loaded = true
  }

  /** Takes one message of the feed. */
  receive(change: Change): void {
    if (change.__typename === 'StatusChanged') this.#receiveStatuses(change.statuses)
    else this.#receiveConfiguration(change)
  }

  #receiveStatuses(statuses: readonly StreamStatus[]): void {
    if (this.#awaitingStatuses) {
      this.#awaitingStatuses = false
      const told = new Set(statuses.map(status => status.id))
      for (const status of this.#statuses.values()) {
        if (!told.has(status.id) && status.state !== 'IDLE') this.#statuses.set(status.id, idle(status))
      }
    }
    for (const status of statuses) this.#statuses.set(status.id, status)
  }

  #receiveConfiguration(change: Extract<Change, { __typename: 'ConfigurationChanged' }>): void {
    const gone = new Set(change.removed)
    const touched = new Map(change.streams.map(stream => [stream.id, stream]))
    for (const id of gone) this.#statuses.delete(id)
    for (const { status } of change.streams) this.#statuses.set(status.id, status)
    const kept = this.#streams.filter(({ id }) => !gone.has(id) && !touched.has(id))
    this.#streams = sorted([...kept, ...change.streams.map(withoutStatus)])
    this.#position = Math.max(this.#position, change.position)
    for (const listener of this.#eventListeners) listener(change.events)
    this.#askSystem()
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    this.#awaitingStatuses = true
    if (this.#loaded) {
      await this.#readSystem(signal)
      if (this.#system !== undefined && this.#system.position >= this.#position) return
      // The log is shorter than it was: another database. Nothing known can be trusted.
    }
    const { system, streams } = await request(OverviewQuery, {}, signal)
    this.load(system, streams)
  }

  async #watchSystem(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(SYSTEM_PERIOD_MS, signal)
      if (signal.aborted) return
      await this.#readSystem(signal)
    }
  }

  /** A change may mend or break the linked file. What cannot be told now is told within the period. */
  #askSystem(): void {
    if (this.#connected !== undefined) void this.#readSystem(this.#connected).catch(() => {})
  }

  async #readSystem(signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(ANSWER_MS_MAX)
    this.#system = (await request(SystemQuery, {}, AbortSignal.any([signal, patience]))).system
  }
}

/** The server this page came from. */
export const live = new Live()

const sorted = (streams: readonly Stream[]): readonly Stream[] =>
  streams.toSorted((one, other) => byName.compare(one.name, other.name))

function withoutStatus({ status: _, ...stream }: Stream & { readonly status: StreamStatus }): Stream {
  return stream
}

const idle = (status: StreamStatus): StreamStatus => ({
  ...status,
  state: 'IDLE',
  viewerCount: 0,
  bitsPerSecond: 0,
  problem: null,
  sources: status.sources.map(source => ({ ...source, state: 'IDLE', problem: null, retryAt: null })),
})
