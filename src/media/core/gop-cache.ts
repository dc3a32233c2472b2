import type { TrackUnit } from './access-unit.ts'

/** Bytes all caches of an engine may hold together. */
export interface CacheBudget {
  readonly bytesMax: number
  bytesUsed: number
}

/** What a cache may hold. */
export interface GopCacheOptions {
  /** Default 16 MiB: 10 s at 12 Mbit/s. */
  readonly bytesMax?: number
  /** Default 2 048 units: 34 s at 60 pictures a second. */
  readonly unitsMax?: number
  /** Audio has only keyframes: its cache slides instead of starting over. */
  readonly sliding: boolean
  readonly budget: CacheBudget
}

const BYTES_MAX = 16 * 1024 * 1024
const UNITS_MAX = 2048

/**
 * The units since the last keyframe, so that a new viewer sees a picture at once. Bounded in
 * bytes, in units and by a budget shared with all others: a group of pictures that does not
 * fit is dropped whole, and the next keyframe begins a new one. Audio slides within the bounds.
 */
export class GopCache<Unit extends TrackUnit> implements Disposable {
  readonly #bytesMax: number
  readonly #unitsMax: number
  readonly #sliding: boolean
  readonly #budget: CacheBudget
  #units: Unit[] = []
  #bytes = 0
  #skipping = true

  constructor(options: GopCacheOptions) {
    this.#bytesMax = options.bytesMax ?? BYTES_MAX
    this.#unitsMax = options.unitsMax ?? UNITS_MAX
    this.#sliding = options.sliding
    this.#budget = options.budget
  }

  /** Oldest first; the first begins a keyframe. Empty while none is whole. Do not keep. */
  get units(): readonly Unit[] {
    return this.#units
  }

  get sizeBytes(): number {
    return this.#bytes
  }

  /** Remembers a unit, or forgets what no longer fits. */
  add(unit: Unit): void {
    if (this.#sliding) this.#slide(unit)
    else this.#collect(unit)
  }

  #collect(unit: Unit): void {
    if (unit.keyframe) {
      this.clear()
      this.#skipping = false
    }
    if (this.#skipping) return
    if (!this.#fits(unit)) {
      this.clear()
      this.#skipping = true
      return
    }
    this.#keep(unit)
  }

  #slide(unit: Unit): void {
    // Half is let go at once, so that the array is not shifted for every unit.
    if (!this.#fits(unit)) this.#forgetFirst(Math.ceil(this.#units.length / 2))
    if (this.#fits(unit)) this.#keep(unit)
  }

  #fits(unit: Unit): boolean {
    return (
      this.#units.length < this.#unitsMax &&
      this.#bytes + unit.sizeBytes <= this.#bytesMax &&
      this.#budget.bytesUsed + unit.sizeBytes <= this.#budget.bytesMax
    )
  }

  #keep(unit: Unit): void {
    this.#units.push(unit)
    this.#bytes += unit.sizeBytes
    this.#budget.bytesUsed += unit.sizeBytes
  }

  #forgetFirst(count: number): void {
    for (const unit of this.#units.splice(0, count)) {
      this.#bytes -= unit.sizeBytes
      this.#budget.bytesUsed -= unit.sizeBytes
    }
  }

  /** Forgets everything and gives its share of the budget back. */
  clear(): void {
    this.#budget.bytesUsed -= this.#bytes
    this.#bytes = 0
    this.#units = []
  }

  [Symbol.dispose](): void {
    this.clear()
    this.#skipping = true
  }
}
