import { nextIdentity } from '../runtime/identity.ts'
import type { AccessUnit, TrackUnit } from './access-unit.ts'
import type { Codec } from './codec.ts'
import { type CacheBudget, GopCache } from './gop-cache.ts'
import type { PacketGroup } from './packet-group.ts'
import type { Transform } from './transform.ts'

/** Where a track's units go: a viewer's sender, or a derived track. */
export interface TrackOutlet<Unit> {
  /** The sender's or derived track's number. */
  readonly id: number
  push(unit: Unit): void
}

/** What flows in a track, for life. */
export type TrackForm = 'packets' | 'units'

/** RTP numbering that outlives a track: whoever takes its packets sees one RTP stream when its source comes back. */
export interface RtpSequence {
  readonly ssrc: number
  /** The sequence number the next packet leaves with. Advanced as packets go. */
  nextSequenceNumber: number
}

/** How a track is made. */
export interface TrackOptions<Form extends TrackForm> {
  readonly form: Form
  readonly codec: Codec
  readonly budget: CacheBudget
  /** For the packets that are made of a track of units. Default: they have one of their own. */
  readonly sequence?: RtpSequence
}

/**
 * One agreed codec flowing from one producer to any number of outlets, synchronously. Keeps the
 * units since the last keyframe, and derives other forms of itself once, for all who want them.
 */
export class Track<Unit extends TrackUnit, Form extends TrackForm> implements Disposable {
  readonly id = nextIdentity()
  readonly form: Form
  readonly codec: Codec
  readonly sequence: RtpSequence | undefined
  readonly cache: GopCache<Unit>
  readonly #budget: CacheBudget
  readonly #derived = new Map<string, Disposable & { readonly idle: boolean }>()
  #outlets: readonly TrackOutlet<Unit>[] = []
  /** Since the start; read by snapshots. */
  unitCount = 0
  byteCount = 0
  /** `arrivedAt` of the last keyframe's first unit; 0 before the first. */
  lastKeyframeAt = 0
  /** Called when the last outlet has left. One listener: whoever ends the track. */
  onIdle: (() => void) | undefined

  constructor(options: TrackOptions<Form>) {
    this.form = options.form
    this.codec = options.codec
    this.sequence = options.sequence
    this.#budget = options.budget
    this.cache = new GopCache<Unit>({ sliding: options.codec.kind === 'audio', budget: options.budget })
  }

  /** Hands a unit to every outlet. The hot path: no promise, no allocation. */
  push(unit: Unit): void {
    this.unitCount++
    this.byteCount += unit.sizeBytes
    if (unit.keyframe) this.lastKeyframeAt = unit.arrivedAt
    this.cache.add(unit)
    const outlets = this.#outlets
    for (let i = 0; i < outlets.length; i++) outlets[i]!.push(unit)
  }

  /** Whether nobody watches, directly or through a derived track. */
  get idle(): boolean {
    return this.#outlets.length === 0
  }

  /** The numbers of those who take from it. */
  get outletIds(): readonly number[] {
    return this.#outlets.map(outlet => outlet.id)
  }

  /** From the next unit on, `outlet` gets everything. */
  attach(outlet: TrackOutlet<Unit>): void {
    if (!this.#outlets.includes(outlet)) this.#outlets = [...this.#outlets, outlet]
  }

  /** `outlet` gets nothing any more. Safe during a push: the one in flight may still reach it. */
  detach(outlet: TrackOutlet<Unit>): void {
    if (!this.#outlets.includes(outlet)) return
    this.#outlets = this.#outlets.filter(one => one !== outlet)
    if (this.idle) this.onIdle?.()
  }

  /**
   * The same media in another form or codec: made on first demand from what is cached, shared while
   * it is watched, and dropped with its last outlet. Told apart by form, name, rate, channels and
   * `variant`, which names whatever else makes two of them differ. Where strangers choose the variant it
   * is not `cached`: begins with the next unit, and keeps none.
   */
  derive<Out extends TrackUnit, OutForm extends TrackForm>(
    form: OutForm,
    codec: Codec,
    transform: () => Transform<Unit, Out>,
    variant = '',
    cached = true,
  ): Track<Out, OutForm> {
    const key = `${form}/${codec.name}/${codec.clockRate}/${codec.channels}/${variant}`
    const known = this.#derived.get(key)
    if (known instanceof DerivedTrack) return known as DerivedTrack<Unit, Out, OutForm>
    const budget = cached ? this.#budget : { bytesMax: 0, bytesUsed: 0 }
    const forget = (): void => void this.#derived.delete(key)
    const made = new DerivedTrack<Unit, Out, OutForm>({ form, codec, budget }, this, transform(), forget, cached)
    this.#derived.set(key, made)
    return made
  }

  [Symbol.dispose](): void {
    this.#outlets = []
    this.cache[Symbol.dispose]()
    for (const derived of [...this.#derived.values()]) derived[Symbol.dispose]()
    this.#derived.clear()
  }
}

class DerivedTrack<In extends TrackUnit, Out extends TrackUnit, Form extends TrackForm> extends Track<Out, Form> {
  readonly #parent: Track<In, TrackForm>
  readonly #transform: Transform<In, Out>
  readonly #forget: () => void
  readonly #intake: TrackOutlet<In>
  #ended = false

  constructor(
    options: TrackOptions<Form>,
    parent: Track<In, TrackForm>,
    transform: Transform<In, Out>,
    forget: () => void,
    primed: boolean,
  ) {
    super(options)
    this.#parent = parent
    this.#transform = transform
    this.#forget = forget
    const emit = (unit: Out): void => this.push(unit)
    this.#intake = { id: this.id, push: unit => this.#transform.push(unit, emit) }
    if (primed) for (const unit of parent.cache.units) this.#intake.push(unit)
    parent.attach(this.#intake)
  }

  override detach(outlet: TrackOutlet<Out>): void {
    super.detach(outlet)
    if (this.idle) this[Symbol.dispose]()
  }

  override [Symbol.dispose](): void {
    // Its own derived tracks detach from it while it ends, and would end it again.
    if (this.#ended) return
    this.#ended = true
    this.#parent.detach(this.#intake)
    this.#forget()
    super[Symbol.dispose]()
  }
}

/** A track of RTP packets, as a camera sends them. */
export type PacketTrack = Track<PacketGroup, 'packets'>

/** A track of access units, as containers and decoders want them. */
export type UnitTrack = Track<AccessUnit, 'units'>

/** What a producer gives: `form` tells which. */
export type AnyTrack = PacketTrack | UnitTrack
