import type { CacheBudget } from '../core/gop-cache.ts'
import type { Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import { reconnectDelay } from '../runtime/backoff.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError, MediaError } from '../runtime/errors.ts'
import { type CloseReason, done, Lifetime } from '../runtime/lifetime.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Pacer } from '../runtime/pacer.ts'
import { type Millis, millis } from '../runtime/units.ts'
import type { RtpContinuity, SourceNote } from './scheme.ts'
import type { SchemeRegistry } from './scheme-registry.ts'
import { SourceLostError } from './source-lost-error.ts'
import type { SourceUrl } from './source-url.ts'
import type { FactCause, SourceState } from './stream-facts.ts'
import type { StreamSource } from './stream-source.ts'
import { watchTracks } from './track-watch.ts'

/** Refused passwords in a row after which a source stops trying: cameras lock accounts after three to five. */
const REFUSED_PASSWORDS_MAX = 2
/** Milliseconds a source must have been live for its next reconnect to begin at once again. */
const STABLE_MS_MIN = 5_000
/** Milliseconds between two dials that viewers ask for while the source is waiting for its retry. */
const IMPATIENCE_MS_MIN = 1_000

/** A source that has stopped trying because its password was refused. */
export class SourcePausedError extends MediaError {
  readonly code = 'wrong_password'

  constructor(refusal: string) {
    super(`${refusal}; paused after ${REFUSED_PASSWORDS_MAX} tries, so that the camera does not lock the account`)
  }
}

/** What a supervisor works with. */
export interface SupervisorOptions {
  readonly source: SourceUrl
  readonly schemes: SchemeRegistry
  readonly clock: Clock
  readonly logger: Logger
  readonly budget: CacheBudget
  /** Spaces out the retries of sources that are lost together. */
  readonly pacer: Pacer
  readonly continuity: (kind: 'video' | 'audio', index: number) => RtpContinuity
  /** Something it did that is worth explaining later. */
  readonly note: (note: SourceNote) => void
  /** Whether any viewer is fed, or waits to be fed, from this source. */
  readonly wanted: () => boolean
  /** The state changed; read it from the supervisor. */
  readonly changed: () => void
  /** A connection of it has ended. */
  readonly ended: (producer: Producer, reason: CloseReason) => void
  /** It is live: viewers that it fed before, or that wait for it, want the new tracks. */
  readonly revived: () => void
  /** It has given up: its viewers get nothing any more. */
  readonly gaveUp: (cause: FactCause) => void
}

type State =
  | { readonly name: 'idle'; readonly cause?: FactCause }
  | { readonly name: 'dialing'; readonly attempt: number; readonly producer: Promise<Producer> }
  | {
      readonly name: 'live'
      readonly attempt: number
      readonly producer: Producer
      readonly since: Millis
      started?: Promise<void>
    }
  | { readonly name: 'waiting'; readonly attempt: number; readonly cause: FactCause; readonly retryAt: Millis }
  | { readonly name: 'paused'; readonly cause: FactCause; readonly error: SourcePausedError }

/**
 * One source's life: dialed on first demand, shared by all who want it, dialed again on go2rtc's
 * schedule when it is lost while wanted, closed when nobody watches, paused when its password
 * was refused twice.
 */
export class ProducerSupervisor implements StreamSource {
  readonly published = false
  readonly source: SourceUrl
  readonly #options: SupervisorOptions
  readonly #lifetime = new Lifetime()
  #state: State = { name: 'idle' }
  #retry: Disposable | undefined
  #dialedAt = millis(Number.NEGATIVE_INFINITY)
  /** Which dial is the present one: an older one that comes back late is let go. */
  #dialNumber = 0
  #refusedPasswords = 0
  #pastBytes = 0
  /** What it offered when it was last dialed. */
  medias: readonly Media[] = []

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.source = options.source
  }

  get url(): string {
    return this.source
  }

  get state(): SourceState {
    return this.#state.name
  }

  get cause(): FactCause | undefined {
    return 'cause' in this.#state ? this.#state.cause : undefined
  }

  /** Milliseconds from now until the next dial, when one is planned. */
  get retryIn(): Millis | undefined {
    return this.#state.name === 'waiting' ? millis(this.#state.retryAt - this.#options.clock.now()) : undefined
  }

  /** The connection, while it is live. */
  get producer(): Producer | undefined {
    return this.#state.name === 'live' ? this.#state.producer : undefined
  }

  /** Media bytes received since the beginning, over all connections. */
  get receivedBytes(): number {
    return this.#pastBytes + (this.producer?.info.bytesReceived ?? 0)
  }

  /** The connection, dialed if need be. Rejects with a `MediaError` when it cannot be had now. */
  async demand(): Promise<Producer> {
    const state = this.#state
    switch (state.name) {
      case 'live':
      case 'dialing':
        return state.producer
      case 'paused':
        throw state.error
      case 'waiting':
        if (this.#options.clock.now() - this.#dialedAt < IMPATIENCE_MS_MIN) throw new SourceLostError(state.cause)
        return this.#dial(state.attempt)
      case 'idle':
        return this.#dial(0)
    }
  }

  /** Keeps trying although the dial just failed: viewers wait for it. */
  insist(cause: FactCause): void {
    if (this.#state.name === 'idle') this.#wait(1, cause)
  }

  /** Lets the connection go, when nobody wants it. A refused password stays paused. */
  release(): void {
    if (this.#state.name === 'idle' || this.#state.name === 'paused') return
    this.#cancelRetry()
    const state = this.#state
    this.#become(state.name === 'waiting' ? { name: 'idle', cause: state.cause } : { name: 'idle' })
    if (state.name !== 'live') return
    this.#pastBytes += state.producer.info.bytesReceived
    state.producer.close()
  }

  #become(state: State): void {
    this.#state = state
    this.#options.changed()
  }

  #cancelRetry(): void {
    this.#retry?.[Symbol.dispose]()
    this.#retry = undefined
  }

  #dial(attempt: number): Promise<Producer> {
    this.#cancelRetry()
    this.#dialedAt = this.#options.clock.now()
    const number = ++this.#dialNumber
    const { schemes, clock, logger, budget, continuity, note } = this.#options
    const dialed = schemes.dial(this.source, { clock, logger, budget, continuity, note, signal: this.#lifetime.signal })
    const producer = dialed.then(
      made => this.#arrived(made, attempt, number),
      (error: unknown) => this.#failed(error, attempt, number),
    )
    // Whoever demanded it hears of the failure; a retry has nobody who listens.
    producer.catch(() => {})
    this.#become({ name: 'dialing', attempt, producer })
    return producer
  }

  #isPresent(number: number): boolean {
    return this.#state.name === 'dialing' && number === this.#dialNumber
  }

  #arrived(producer: Producer, attempt: number, number: number): Producer {
    if (!this.#isPresent(number)) {
      producer.close()
      throw new SourceLostError(done)
    }
    this.#refusedPasswords = 0
    this.medias = producer.medias
    this.#become({ name: 'live', attempt, producer, since: this.#options.clock.now() })
    void producer.closed.then(reason => {
      this.#options.ended(producer, reason)
      this.#lost(producer, reason)
    })
    watchTracks(producer, this.#options)
    this.#options.revived()
    return producer
  }

  #failed(error: unknown, attempt: number, number: number): never {
    if (!this.#isPresent(number)) throw error
    const cause = describeError(error)
    if (cause.code === 'wrong_password' && ++this.#refusedPasswords >= REFUSED_PASSWORDS_MAX) {
      const paused = new SourcePausedError(cause.message)
      const known = { code: paused.code, message: paused.message }
      this.#options.logger.warn({ source: this.source, error: paused.message }, 'source paused')
      this.#become({ name: 'paused', cause: known, error: paused })
      this.#options.gaveUp(known)
      throw paused
    }
    if (this.#options.wanted()) this.#wait(attempt + 1, cause)
    else this.#become({ name: 'idle', cause })
    throw error
  }

  #lost(producer: Producer, reason: CloseReason): void {
    const state = this.#state
    if (state.name !== 'live' || state.producer !== producer) return
    this.#pastBytes += producer.info.bytesReceived
    if (!this.#options.wanted()) {
      this.#become({ name: 'idle' })
      return
    }
    this.#options.logger.warn({ source: this.source, error: reason.message }, 'source lost')
    const stable = this.#options.clock.now() - state.since >= STABLE_MS_MIN
    this.#wait(stable ? 0 : state.attempt + 1, reason)
  }

  #wait(attempt: number, cause: FactCause): void {
    const delay = this.#options.pacer.stretch(reconnectDelay(attempt))
    this.#become({ name: 'waiting', attempt, cause, retryAt: millis(this.#options.clock.now() + delay) })
    const dial = (): void => {
      if (this.#options.wanted()) this.#dial(attempt).catch(() => {})
      else this.#become({ name: 'idle', cause })
    }
    this.#retry = this.#options.clock.after(delay, () => {
      // Whose turn is now dials at once, and then there is nothing to take back.
      const turn = this.#options.pacer.admit(dial)
      if (this.#state.name === 'waiting') this.#retry = turn
    })
  }

  /**
   * Lets media flow, once everybody is attached; the first call counts. Rejects with a `MediaError`
   * when the source refuses, which is a loss of the source as well.
   */
  start(): Promise<void> {
    const state = this.#state
    if (state.name !== 'live') return Promise.resolve()
    state.started ??= state.producer.start().catch((error: unknown) => {
      const { code, message } = describeError(error)
      state.producer.close({ code, message })
      throw error
    })
    return state.started
  }

  [Symbol.dispose](): void {
    this.release()
    this.#cancelRetry()
    this.#lifetime.close()
  }
}
