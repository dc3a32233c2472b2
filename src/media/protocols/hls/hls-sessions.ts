import { randomInt } from 'node:crypto'
import type { Consumer, ViewerMaker } from '../../core/consumer.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import { LimitError } from '../../runtime/errors.ts'
import { millis } from '../../runtime/units.ts'
import { HlsConsumer } from './hls-consumer.ts'
import { hlsWish } from './hls-request.ts'
import { HlsSession } from './hls-session.ts'
import type { StoreBudget } from './segment-store.ts'

/** Players at once; they share their segments. */
const SESSION_COUNT_MAX = 512
/** Bytes of all segments: a hundred streams of 4 Mbit/s with ten segments of half a second, or sixteen with two seconds and more. */
const SEGMENT_BYTES_MAX = 512 * 1024 * 1024
/** Milliseconds between two looks for players that have gone. */
const SWEEP_MS = 1000
/** Milliseconds a new player waits for what it is to be told of the stream: a camera's next keyframe. */
const CODECS_WAIT_MS = 5000

/** Characters of a session's name, as go2rtc has them. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 8

/** A player that begins. */
export interface HlsRequest {
  /** Name of the stream. */
  readonly stream: string
  /** What it asks for: go2rtc's filter. */
  readonly query: string
  readonly remoteAddress: string
  readonly userAgent: string
}

/** How sessions are made. */
export interface HlsSessionsOptions {
  /** As `Engine.watch`. */
  readonly watch: <Viewer extends Consumer>(stream: string, make: ViewerMaker<Viewer>) => Promise<Viewer>
  /** Default: the machine's own. */
  readonly clock?: Clock
}

/** Segments of one stream, and how many players have them. */
interface Shared {
  readonly consumer: Promise<HlsConsumer>
  userCount: number
}

/** All players of HLS. Those who want the same of the same stream share its segments. */
export class HlsSessions implements Disposable {
  readonly #watch: HlsSessionsOptions['watch']
  readonly #clock: Clock
  readonly #budget: StoreBudget = { bytesMax: SEGMENT_BYTES_MAX, bytesUsed: 0 }
  readonly #shared = new Map<string, Shared>()
  readonly #sessions = new Map<string, { readonly session: HlsSession; readonly end: () => void }>()
  #opening = 0
  #sweep: Disposable | undefined

  constructor({ watch, clock = systemClock }: HlsSessionsOptions) {
    this.#watch = watch
    this.#clock = clock
  }

  /** Begins a session. Rejects as `Engine.watch` does, and with a `LimitError`. */
  async open(request: HlsRequest): Promise<HlsSession> {
    if (this.#sessions.size + this.#opening >= SESSION_COUNT_MAX)
      throw new LimitError('HLS sessions', SESSION_COUNT_MAX)
    this.#opening++
    const [key, shared] = this.#share(request)
    try {
      const consumer = await shared.consumer
      await this.#told(consumer)
      return this.#begin(key, shared, consumer)
    } catch (error) {
      this.#leave(key, shared)
      throw error
    } finally {
      this.#opening--
    }
  }

  /** The session of this name; `undefined` when it has ended, or never was. */
  find(id: string): HlsSession | undefined {
    return this.#sessions.get(id)?.session
  }

  /** How many there are. */
  get count(): number {
    return this.#sessions.size
  }

  #share({ stream, query, remoteAddress, userAgent }: HlsRequest): readonly [string, Shared] {
    const wish = hlsWish(query)
    const codecs = wish.medias.map(media => [media.kind, ...media.codecs.map(codec => codec.name)])
    const key = JSON.stringify([stream, wish.format, codecs])
    const known = this.#shared.get(key)
    if (known !== undefined) {
      known.userCount++
      return [key, known]
    }
    const budget = this.#budget
    const make: ViewerMaker<HlsConsumer> = ({ clock }) =>
      new HlsConsumer({ wish, budget, remoteAddress, userAgent, clock })
    const consumer = this.#watch(stream, make)
    const made: Shared = { consumer, userCount: 1 }
    this.#shared.set(key, made)
    // Ends with its stream: its players have to begin anew.
    consumer.then(
      one => one.closed.then(() => this.#forget(key, made)),
      () => this.#forget(key, made),
    )
    return [key, made]
  }

  #forget(key: string, shared: Shared): void {
    if (this.#shared.get(key) === shared) this.#shared.delete(key)
  }

  #leave(key: string, shared: Shared): void {
    if (--shared.userCount > 0) return
    this.#forget(key, shared)
    shared.consumer.then(
      consumer => consumer.close(),
      () => {},
    )
  }

  /** Waits until it is known what flows; a player is told less when it does not come. */
  async #told(consumer: HlsConsumer): Promise<void> {
    const { store } = consumer
    const known = (): boolean => consumer.description.codecs.length > 0 || store.ended
    if (known()) return
    const over = Promise.withResolvers<void>()
    using _timer = this.#clock.after(millis(CODECS_WAIT_MS), () => over.resolve())
    using _watch = store.watch(() => {
      if (known()) over.resolve()
    })
    await over.promise
  }

  #begin(key: string, shared: Shared, consumer: HlsConsumer): HlsSession {
    const session = new HlsSession(newId(), consumer, this.#clock)
    const { id } = session
    const end = (): void => {
      if (!this.#sessions.delete(id)) return
      this.#leave(key, shared)
      if (this.#sessions.size > 0) return
      this.#sweep?.[Symbol.dispose]()
      this.#sweep = undefined
    }
    this.#sessions.set(id, { session, end })
    void consumer.closed.then(end)
    this.#sweep ??= this.#clock.every(millis(SWEEP_MS), () => this.#endIdle())
    return session
  }

  #endIdle(): void {
    for (const { session, end } of [...this.#sessions.values()]) if (session.idle) end()
  }

  /** Ends all of them. */
  [Symbol.dispose](): void {
    for (const { end } of [...this.#sessions.values()]) end()
  }
}

const newId = (): string => Array.from({ length: ID_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
