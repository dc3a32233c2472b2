import type { Consumer } from '../core/consumer.ts'
import type { CacheBudget } from '../core/gop-cache.ts'
import type { Media } from '../core/media.ts'
import type { Producer } from '../core/producer.ts'
import type { Clock } from '../runtime/clock.ts'
import { describeError, MediaError } from '../runtime/errors.ts'
import { type CloseReason, Lifetime } from '../runtime/lifetime.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Pacer } from '../runtime/pacer.ts'
import { handedOver } from './hand-over.ts'
import { Linger } from './linger.ts'
import { negotiate, type Served } from './negotiate.ts'
import type { NegotiationRecord } from './negotiation-record.ts'
import { ProducerSupervisor } from './producer-supervisor.ts'
import { PublishedSource } from './published-source.ts'
import type { DialContext, RtpContinuity, SourceNote } from './scheme.ts'
import type { SchemeRegistry } from './scheme-registry.ts'
import type { SourceUrl } from './source-url.ts'
import type { StreamDefinition } from './stream-definition.ts'
import { describeConsumer, type FactCause, type StreamFact } from './stream-facts.ts'
import type { StreamSource } from './stream-source.ts'
import { consumerLeft, sourceSessionEnded, sourceStateChanged } from './tell-facts.ts'
import { Viewer } from './viewer.ts'

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
  /** Milliseconds a source stays after its last viewer. */
  readonly lingerMs: number
  /** Spaces out the dials of sources that are lost together. */
  readonly pacer: Pacer
}

/** Where somebody publishes: what the producer is made with, and who takes it. */
export interface PublicationPlace {
  readonly context: DialContext
  /** Takes the producer over. */
  take(producer: Producer): void
}

/** A name, its sources and its viewers: negotiates, attaches, and keeps viewers through reconnects and changes. */
export class Stream implements Disposable {
  readonly id: string
  readonly #options: StreamOptions
  readonly #logger: Logger
  readonly #lifetime = new Lifetime()
  readonly #viewers = new Map<Consumer, Viewer>()
  readonly #continuities = new Map<string, RtpContinuity>()
  readonly #retired = new Set<ProducerSupervisor>()
  readonly #linger: Linger<StreamSource>
  #name: string
  #supervisors: readonly ProducerSupervisor[] = []
  #published: readonly PublishedSource[] = []
  #pending = 0
  #retiredBytes = 0
  #refusal: FactCause | undefined
  #everWatched = false

  constructor(definition: StreamDefinition, options: StreamOptions) {
    this.id = definition.id
    this.#name = definition.name
    this.#options = options
    this.#logger = options.logger.with({ module: 'streams', stream: definition.name })
    this.#linger = new Linger(options.clock, options.lingerMs, source => this.#release(source))
    this.#lifetime.own(this.#linger)
    this.#supervisors = definition.sources.map(source => this.#supervise(source))
  }

  get name(): string {
    return this.#name
  }

  /** Best first: those that are dialed, in the order of the configuration, then those that publish here. */
  get sources(): readonly StreamSource[] {
    return [...this.#supervisors, ...this.#published]
  }

  get consumers(): readonly Consumer[] {
    return [...this.#viewers.keys()]
  }

  /** Who is fed, with what they say to each source. */
  get viewers(): readonly Viewer[] {
    return [...this.#viewers.values()]
  }

  /** Why the last viewer was refused; forgotten when one is served or the sources change. */
  get refusal(): FactCause | undefined {
    return this.#refusal
  }

  /** Whether a viewer has ever joined. */
  get everWatched(): boolean {
    return this.#everWatched
  }

  /** Nobody watches, waits or publishes. */
  get idle(): boolean {
    return this.#viewers.size === 0 && this.#pending === 0 && this.#published.length === 0
  }

  /** Media bytes received from all sources it ever had. */
  get receivedBytes(): number {
    return this.sources.reduce((sum, one) => sum + one.receivedBytes, this.#retiredBytes)
  }

  /** Feeds a viewer. Rejects with `NotServedError` when no source can, or with what the source said to PLAY. */
  add(consumer: Consumer): Promise<void> {
    const viewer = new Viewer(consumer)
    void consumer.closed.then(reason => this.#left(viewer, reason))
    return this.#holding(async () => {
      const { served, record, cause } = await negotiate(consumer, consumer.medias, this.sources)
      if (viewer.ended) return letGo(served)
      if (cause !== undefined) {
        this.#refusal = cause
        const who = describeConsumer(consumer)
        this.#options.tell({ type: 'ConsumerRefused', streamId: this.id, ...who, cause, negotiation: record })
        throw new NotServedError(cause, record)
      }
      this.#refusal = undefined
      this.#everWatched = true
      this.#viewers.set(consumer, viewer)
      const who = describeConsumer(consumer)
      this.#options.tell({ type: 'ConsumerJoined', streamId: this.id, ...who, negotiation: record })
      viewer.connect(served)
      consumer.start()
      await startSources(served)
    })
  }

  /** Somebody wants to publish here. Its viewers are fed from what it is made of, as from any other source. */
  publication(): PublicationPlace {
    let source: PublishedSource | undefined
    const note = (told: SourceNote): void => this.#note(source, told)
    const { clock, budget } = this.#options
    return {
      context: {
        ...{ clock, budget, note, logger: this.#logger, signal: this.#lifetime.signal },
        continuity: (kind, index) => this.#continuity(kind, index),
      },
      take: producer => {
        source = this.#adopt(producer)
      },
    }
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
    this.#lifetime.close(reason)
    for (const viewer of [...this.#viewers.values()]) viewer.consumer.close(reason)
    for (const source of [...this.sources, ...this.#retired]) source[Symbol.dispose]()
    this.#supervisors = []
    this.#published = []
  }

  #supervise(source: SourceUrl): ProducerSupervisor {
    const { schemes, clock, budget, pacer } = this.#options
    const supervisor: ProducerSupervisor = new ProducerSupervisor({
      ...{ source, schemes, clock, budget, pacer, logger: this.#logger },
      continuity: (kind, index) => this.#continuity(kind, index),
      note: note => this.#note(supervisor, note),
      wanted: () => this.#fedBy(supervisor).length > 0,
      changed: () => this.#tellState(supervisor),
      ended: (producer, cause) => this.#tellSession(supervisor, producer, cause),
      revived: () => void this.#refeed(supervisor),
      gaveUp: cause => this.#gaveUp(supervisor, cause),
    })
    return supervisor
  }

  /** A publisher takes the place of one that has left and is waited for, or stands beside the others. */
  #adopt(producer: Producer): PublishedSource {
    const absent = this.#published.find(one => one.state === 'waiting')
    if (absent !== undefined) {
      absent.adopt(producer)
      return absent
    }
    const source: PublishedSource = new PublishedSource({
      clock: this.#options.clock,
      wanted: () => this.#fedBy(source).length > 0,
      changed: () => this.#tellState(source),
      ended: (producer, cause) => this.#tellSession(source, producer, cause),
      revived: () => void this.#refeed(source),
      over: cause => this.#over(source, cause),
    })
    this.#published = [...this.#published, source]
    source.adopt(producer)
    return source
  }

  #over(source: PublishedSource, cause: FactCause): void {
    if (!this.#published.includes(source)) return
    this.#gaveUp(source, cause)
    this.#published = this.#published.filter(one => one !== source)
    this.#retiredBytes += source.receivedBytes
    source[Symbol.dispose]()
    this.#tellState(source)
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

  #note(source: StreamSource | undefined, note: SourceNote): void {
    const place = source === undefined ? -1 : this.sources.indexOf(source)
    this.#logger.info({ source: source?.url, code: note.code, ...note.details }, note.message)
    this.#options.tell({ type: 'SourceNoted', streamId: this.id, source: place, note })
  }

  #tellState(source: StreamSource): void {
    const { clock, tell } = this.#options
    tell(sourceStateChanged(this.id, this.sources.indexOf(source), source, clock.wallTime()))
  }

  #tellSession(source: StreamSource, producer: Producer, reason: CloseReason): void {
    const fact = sourceSessionEnded(this.id, this.sources.indexOf(source), producer, reason)
    if (fact !== undefined) this.#options.tell(fact)
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

  #fedBy(source: StreamSource): readonly Viewer[] {
    return this.viewers.filter(viewer => viewer.isFedBy(source))
  }

  #left(viewer: Viewer, reason: CloseReason): void {
    viewer.end()
    const { consumer } = viewer
    if (!this.#viewers.delete(consumer)) return
    this.#options.tell(consumerLeft(this.id, consumer, reason))
    this.#releaseUnused()
  }

  #releaseUnused(): void {
    if (this.#pending > 0) return
    for (const source of this.sources) this.#linger.see(source, this.#fedBy(source).length > 0)
  }

  #release(source: StreamSource): void {
    if (this.#pending === 0 && this.#fedBy(source).length === 0) source.release()
  }

  /** The viewers of a source that is back get its new tracks, or what else serves them. */
  async #refeed(source: StreamSource): Promise<void> {
    await Promise.all(this.#fedBy(source).map(viewer => this.#rematch(viewer, source)))
  }

  /** A removed source goes on until its viewers have moved to what serves them now. */
  async #replace(removed: ProducerSupervisor): Promise<void> {
    this.#retired.add(removed)
    const orphans = this.#fedBy(removed)
    await Promise.all(orphans.map(viewer => this.#rematch(viewer, removed)))
    if (orphans.length > 0) await handedOver(removed, this.#options.clock)
    this.#retired.delete(removed)
    this.#linger.forget(removed)
    this.#retiredBytes += removed.receivedBytes
    removed[Symbol.dispose]()
  }

  /** Negotiates again what a viewer got from a source; what a source does to one viewer ends that viewer alone. */
  #rematch(viewer: Viewer, source: StreamSource): Promise<void> {
    return this.#holding(() => this.#negotiateAgain(viewer, source)).catch((error: unknown) =>
      viewer.consumer.close(describeError(error)),
    )
  }

  /** The viewer stays while at least one of its medias goes on. */
  async #negotiateAgain(viewer: Viewer, source: StreamSource): Promise<void> {
    const { consumer } = viewer
    const wants = viewer.wantsFrom(source)
    const { served, record, cause } = await negotiate(consumer, wants, this.sources)
    if (viewer.ended) return letGo(served)
    const fitting = served.filter(one => viewer.accepts(one))
    letGo(served.filter(one => !fitting.includes(one)))
    viewer.forget(wants)
    viewer.connect(fitting)
    for (const one of fitting) this.#tellMoved(consumer, one)
    if (fitting.length === 0 && cause !== undefined && cause.code !== 'codec_mismatch')
      this.#keepWaiting(viewer, wants, cause)
    if (!viewer.fed && !viewer.ended)
      consumer.close({ code: 'source_changed', message: 'the source changed to a codec this viewer did not ask for' })
    else if (!viewer.ended) this.#tellMissing(viewer, source, wants, fitting, record)
    await startSources(fitting).catch(() => {})
  }

  #tellMoved(consumer: Consumer, { source }: Served): void {
    const place = this.sources.indexOf(source)
    this.#options.tell({ type: 'ConsumerMoved', streamId: this.id, consumer: consumer.info.id, source: place })
  }

  /** A track that came back without its like: the viewer is told of, not left in the dark, and asks again next time. */
  #tellMissing(
    viewer: Viewer,
    source: StreamSource,
    wants: readonly Media[],
    fitting: readonly Served[],
    negotiation: NegotiationRecord,
  ): void {
    if (fitting.length === 0) return
    for (const want of wants) {
      if (fitting.some(one => one.want === want)) continue
      this.#logger.warn({ consumer: viewer.consumer.info.id, kind: want.kind }, 'a track has not come back')
      const consumer = viewer.consumer.info.id
      this.#options.tell({ type: 'ConsumerLacks', streamId: this.id, consumer, kind: want.kind, negotiation })
      if (this.sources.includes(source)) viewer.wait(want, source)
    }
  }

  /** Nothing answers now: the viewer stays, and the first source that still may keeps trying on its behalf. */
  #keepWaiting(viewer: Viewer, wants: readonly Media[], cause: FactCause): void {
    const first = this.sources.find(one => one.state !== 'paused')
    if (first === undefined) {
      viewer.consumer.close({ code: cause.code, message: cause.message })
      return
    }
    for (const want of wants) viewer.wait(want, first)
    first.insist(cause)
  }

  #gaveUp(source: StreamSource, cause: FactCause): void {
    for (const viewer of this.#fedBy(source)) {
      if ([...viewer.sources].every(one => one === source))
        viewer.consumer.close({ code: cause.code, message: cause.message })
    }
  }
}

/** Talks that were begun for somebody who does not take them. */
const letGo = (served: readonly Served[]): void => {
  for (const { by } of served) if ('talk' in by) by.talk[Symbol.dispose]()
}

const startSources = async (served: readonly Served[]): Promise<void> => {
  await Promise.all(served.map(({ source }) => source.start()))
}
