import type { Consumer } from '../core/consumer.ts'
import type { CacheBudget } from '../core/gop-cache.ts'
import type { Media } from '../core/media.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError, MediaError } from '../runtime/errors.ts'
import type { CloseReason } from '../runtime/lifetime.ts'
import type { Logger } from '../runtime/logger.ts'
import { millis } from '../runtime/units.ts'
import { negotiate, type Served } from './negotiate.ts'
import type { NegotiationRecord } from './negotiation.ts'
import { ProducerSupervisor } from './producer-supervisor.ts'
import type { RtpContinuity } from './scheme.ts'
import type { SchemeRegistry } from './scheme-registry.ts'
import type { SourceUrl } from './source-url.ts'
import type { StreamDefinition } from './stream-definition.ts'
import type { FactCause, StreamFact } from './stream-facts.ts'

/** Milliseconds a replaced source may go on while its viewers wait for the first keyframe of the new one. */
const HANDOVER_MS_MAX = 10_000

/** No source could serve a viewer; `message` is go2rtc's sentence without its `streams: `. */
export class NotServedError extends MediaError {
  readonly code: string
  readonly negotiation: NegotiationRecord

  constructor(cause: FactCause, negotiation: NegotiationRecord) {
    super(cause.message)
    this.code = cause.code
    this.negotiation = negotiation
  }
}

/** What a stream works with. */
export interface StreamOptions {
  readonly schemes: SchemeRegistry
  readonly clock: Clock
  readonly logger: Logger
  readonly budget: CacheBudget
  readonly tell: (fact: StreamFact) => void
}

/** One viewer: which source feeds each of its medias. */
interface Viewer {
  readonly consumer: Consumer
  readonly feeds: Map<Media, ProducerSupervisor>
  ended: boolean
}

/** A name, its sources and its viewers: negotiates, attaches, and keeps viewers through reconnects and changes. */
export class Stream implements Disposable {
  readonly id: string
  readonly #options: StreamOptions
  readonly #logger: Logger
  readonly #viewers = new Map<Consumer, Viewer>()
  readonly #continuities = new Map<string, RtpContinuity>()
  readonly #retired = new Set<ProducerSupervisor>()
  #name: string
  #supervisors: readonly ProducerSupervisor[] = []
  #pending = 0
  #retiredBytes = 0
  #refusal: FactCause | undefined
  #everWatched = false

  constructor(definition: StreamDefinition, options: StreamOptions) {
    this.id = definition.id
    this.#name = definition.name
    this.#options = options
    this.#logger = options.logger.with({ module: 'streams', stream: definition.name })
    this.#supervisors = definition.sources.map(source => this.#supervise(source))
  }

  get name(): string {
    return this.#name
  }

  /** Best first. */
  get supervisors(): readonly ProducerSupervisor[] {
    return this.#supervisors
  }

  get consumers(): readonly Consumer[] {
    return [...this.#viewers.keys()]
  }

  /** Why the last viewer was refused; forgotten when one is served or the sources change. */
  get refusal(): FactCause | undefined {
    return this.#refusal
  }

  /** Whether a viewer has ever joined. */
  get everWatched(): boolean {
    return this.#everWatched
  }

  /** Media bytes received from all sources it ever had. */
  get receivedBytes(): number {
    return this.#supervisors.reduce((sum, one) => sum + one.receivedBytes, this.#retiredBytes)
  }

  /** Feeds a viewer. Rejects with `NotServedError` when no source can, or with what the source said to PLAY. */
  add(consumer: Consumer): Promise<void> {
    const viewer: Viewer = { consumer, feeds: new Map(), ended: false }
    void consumer.closed.then(reason => this.#left(viewer, reason))
    return this.#holding(async () => {
      const { served, record, cause } = await negotiate(consumer.medias, this.#supervisors)
      if (viewer.ended) return
      if (cause !== undefined) {
        this.#refusal = cause
        this.#options.tell({ type: 'ConsumerRefused', streamId: this.id, cause, negotiation: record })
        throw new NotServedError(cause, record)
      }
      this.#refusal = undefined
      this.#everWatched = true
      this.#viewers.set(consumer, viewer)
      this.#options.tell({ type: 'ConsumerJoined', streamId: this.id, consumer: consumer.info.id, negotiation: record })
      this.#connect(viewer, served)
      consumer.start()
      await startSources(served)
    })
  }

  /** Renames it; nobody who watches notices. */
  rename(name: string): void {
    this.#name = name
  }

  /**
   * Changes its sources. Untouched ones go on; viewers of a removed one move to what now serves
   * them, at its first keyframe, and keep their session when the codec fits.
   */
  setSources(sources: readonly SourceUrl[]): void {
    const spare = [...this.#supervisors]
    const next = sources.map(source => {
      const at = spare.findIndex(one => one.source === source)
      return at < 0 ? this.#supervise(source) : spare.splice(at, 1)[0]!
    })
    this.#supervisors = next
    this.#refusal = undefined
    for (const removed of spare) void this.#replace(removed)
  }

  [Symbol.dispose](): void {
    this.close({ code: 'stream_removed', message: 'the stream was removed' })
  }

  /** Ends its viewers and its sources. */
  close(reason: CloseReason): void {
    for (const viewer of [...this.#viewers.values()]) viewer.consumer.close(reason)
    for (const supervisor of [...this.#supervisors, ...this.#retired]) supervisor[Symbol.dispose]()
    this.#supervisors = []
  }

  #supervise(source: SourceUrl): ProducerSupervisor {
    const { schemes, clock, budget } = this.#options
    const supervisor: ProducerSupervisor = new ProducerSupervisor({
      source,
      schemes,
      clock,
      budget,
      logger: this.#logger,
      continuity: (kind, index) => this.#continuity(kind, index),
      note: note =>
        this.#options.tell({
          type: 'SourceNoted',
          streamId: this.id,
          source: this.#supervisors.indexOf(supervisor),
          note,
        }),
      wanted: () => this.#fedBy(supervisor).length > 0,
      changed: () => this.#tellState(supervisor),
      revived: () => void this.#refeed(supervisor),
      gaveUp: cause => this.#gaveUp(supervisor, cause),
    })
    return supervisor
  }

  #continuity(kind: string, index: number): RtpContinuity {
    const key = `${kind}/${index}`
    const known = this.#continuities.get(key)
    if (known !== undefined) return known
    // Random, as RFC 3550 §5.1 asks for both.
    const [ssrc = 0, sequence = 0] = crypto.getRandomValues(new Uint32Array(2))
    const made = { ssrc, nextSequenceNumber: sequence & 0xffff }
    this.#continuities.set(key, made)
    return made
  }

  #tellState(supervisor: ProducerSupervisor): void {
    const { cause, retryIn } = supervisor
    this.#options.tell({
      type: 'SourceStateChanged',
      streamId: this.id,
      source: this.#supervisors.indexOf(supervisor),
      state: supervisor.state,
      ...(cause !== undefined && { cause }),
      ...(retryIn !== undefined && { retryAt: this.#options.clock.wallTime() + retryIn }),
    })
  }

  /** Until `work` is done no source is released: what it dials, it may still connect. */
  async #holding(work: () => Promise<void>): Promise<void> {
    this.#pending++
    try {
      await work()
    } finally {
      this.#pending--
      this.#releaseUnused()
    }
  }

  #connect(viewer: Viewer, served: readonly Served[]): void {
    for (const { want, supervisor, track } of served) {
      viewer.feeds.set(want, supervisor)
      viewer.consumer.attach(want, track)
    }
  }

  #fedBy(supervisor: ProducerSupervisor): readonly Viewer[] {
    return [...this.#viewers.values()].filter(viewer => [...viewer.feeds.values()].includes(supervisor))
  }

  #left(viewer: Viewer, reason: CloseReason): void {
    viewer.ended = true
    if (!this.#viewers.delete(viewer.consumer)) return
    this.#options.tell({
      type: 'ConsumerLeft',
      streamId: this.id,
      consumer: viewer.consumer.info.id,
      cause: { code: reason.code, message: reason.message },
    })
    this.#releaseUnused()
  }

  #releaseUnused(): void {
    if (this.#pending > 0) return
    for (const supervisor of this.#supervisors) if (this.#fedBy(supervisor).length === 0) supervisor.release()
  }

  /** The viewers of a source that is back get its new tracks, or what else serves them. */
  async #refeed(supervisor: ProducerSupervisor): Promise<void> {
    await Promise.all(this.#fedBy(supervisor).map(viewer => this.#rematch(viewer, supervisor)))
  }

  /** A removed source goes on until its viewers have moved to what serves them now. */
  async #replace(removed: ProducerSupervisor): Promise<void> {
    this.#retired.add(removed)
    const orphans = this.#fedBy(removed)
    await Promise.all(orphans.map(viewer => this.#rematch(viewer, removed)))
    if (orphans.length > 0) await this.#handedOver(removed)
    this.#retired.delete(removed)
    this.#retiredBytes += removed.receivedBytes
    removed[Symbol.dispose]()
  }

  /** Fulfilled when nobody takes anything from a source any more, or after 10 s. */
  #handedOver(removed: ProducerSupervisor): Promise<void> {
    const tracks = removed.producer?.medias.map(media => removed.producer?.track(media)) ?? []
    const busy = tracks.filter(track => track !== undefined && !track.idle)
    const { promise, resolve } = Promise.withResolvers<void>()
    let left = busy.length
    if (left === 0) resolve()
    for (const track of busy) {
      track!.onIdle = () => {
        if (--left === 0) resolve()
      }
    }
    const timer = this.#options.clock.after(millis(HANDOVER_MS_MAX), resolve)
    return promise.finally(() => timer[Symbol.dispose]())
  }

  /** Negotiates again what a viewer got from a source; what a source does to one viewer ends that viewer alone. */
  #rematch(viewer: Viewer, supervisor: ProducerSupervisor): Promise<void> {
    return this.#holding(() => this.#negotiateAgain(viewer, supervisor)).catch((error: unknown) =>
      viewer.consumer.close(describeError(error)),
    )
  }

  /** The viewer stays while at least one of its medias goes on. */
  async #negotiateAgain(viewer: Viewer, supervisor: ProducerSupervisor): Promise<void> {
    const { consumer, feeds } = viewer
    const wants = consumer.medias.filter(want => feeds.get(want) === supervisor)
    const { served, cause } = await negotiate(wants, this.#supervisors)
    if (viewer.ended) return
    const fitting = served.filter(({ want, track }) => consumer.accepts(want, track))
    for (const want of wants) feeds.delete(want)
    this.#connect(viewer, fitting)
    for (const one of fitting) this.#tellMoved(consumer, one)
    if (fitting.length === 0 && cause !== undefined && cause.code !== 'codec_mismatch')
      this.#keepWaiting(viewer, wants, cause)
    if (feeds.size === 0 && !viewer.ended)
      consumer.close({ code: 'source_changed', message: 'the source changed to a codec this viewer did not ask for' })
    await startSources(fitting).catch(() => {})
  }

  #tellMoved(consumer: Consumer, { supervisor }: Served): void {
    const source = this.#supervisors.indexOf(supervisor)
    this.#options.tell({ type: 'ConsumerMoved', streamId: this.id, consumer: consumer.info.id, source })
  }

  /** Nothing answers now: the viewer stays, and the first source that still may keeps trying on its behalf. */
  #keepWaiting(viewer: Viewer, wants: readonly Media[], cause: FactCause): void {
    const first = this.#supervisors.find(one => one.state !== 'paused')
    if (first === undefined) {
      viewer.consumer.close({ code: cause.code, message: cause.message })
      return
    }
    for (const want of wants) viewer.feeds.set(want, first)
    first.insist(cause)
  }

  #gaveUp(supervisor: ProducerSupervisor, cause: FactCause): void {
    for (const { consumer, feeds } of this.#fedBy(supervisor)) {
      if ([...feeds.values()].every(one => one === supervisor))
        consumer.close({ code: cause.code, message: cause.message })
    }
  }
}

const startSources = async (served: readonly Served[]): Promise<void> => {
  await Promise.all(served.map(({ supervisor }) => supervisor.start()))
}
