import type { NalSyntax } from './nal-syntax.ts'
import type { ParameterSets } from './parameter-sets.ts'

/** Bytes of one access unit: go2rtc's limit; a 4K keyframe has about 1 MiB. */
const UNIT_BYTES_MAX = 5 * 1024 * 1024
/** NAL units of one access unit: H.265's level 6.2 allows 600 slices, H.264's a few hundred. */
const NALS_MAX = 2048

/** The NAL units of one access unit, as views. */
export interface CollectedUnit {
  readonly keyframe: boolean
  readonly parts: readonly Buffer[]
  /** The parameter sets that go for it; empty while one is missing. */
  readonly configuration: readonly Buffer[]
}

/**
 * Puts whole NAL units of a byte stream together to access units (ITU-T H.264 §7.4.1.2.3, H.265
 * §7.4.2.4.4). Parameter sets go where they are remembered; a unit with a hole in it is never given.
 */
export class UnitCollector {
  readonly #syntax: NalSyntax
  readonly #parameterSets: ParameterSets
  readonly #emit: (unit: CollectedUnit) => void
  #parts: Buffer[] = []
  #sizeBytes = 0
  #keyframe = false
  #hasPicture = false
  #broken = false
  /** Something is missing before this unit: its first picture data must be the picture's beginning. */
  #doubtful = false

  constructor(syntax: NalSyntax, parameterSets: ParameterSets, emit: (unit: CollectedUnit) => void) {
    this.#syntax = syntax
    this.#parameterSets = parameterSets
    this.#emit = emit
  }

  /** Whether it has picture data: without, what waits is not a unit of its own. */
  get hasPicture(): boolean {
    return this.#hasPicture
  }

  /** Takes the next NAL unit, and first gives the unit that it shows to be whole. */
  push(nal: Buffer): void {
    const { headerBytes } = this.#syntax
    if (nal.length < headerBytes) return
    const role = this.#syntax.role(nal[0]!)
    const isPicture = role === 'picture' || role === 'keyframe'
    // The bit after the header says in H.264 and H.265 alike that a picture begins: see `UnitBuilder`.
    const begins = isPicture && ((nal[headerBytes] ?? 0) & 0x80) !== 0
    if (this.#hasPicture && (begins || (!isPicture && this.#syntax.startsUnit(nal[0]!)))) this.flush()
    if (role === 'parameter-set') this.#parameterSets.remember(nal)
    if (!isPicture && role !== 'attached') return
    if (isPicture) this.#seePicture(begins, role === 'keyframe')
    this.#add(nal)
  }

  #seePicture(begins: boolean, keyframe: boolean): void {
    if (!this.#hasPicture && this.#doubtful && !begins) this.#broken = true
    this.#hasPicture = true
    this.#doubtful = false
    this.#keyframe ||= keyframe
  }

  #add(nal: Buffer): void {
    this.#sizeBytes += nal.length
    if (this.#sizeBytes > UNIT_BYTES_MAX || this.#parts.length >= NALS_MAX) this.#broken = true
    if (this.#broken) this.#parts = []
    else this.#parts.push(nal)
  }

  /** Something is missing here: the present unit is not given. */
  lost(): void {
    if (this.#hasPicture || this.#parts.length > 0) this.#broken = true
    this.#doubtful = true
  }

  /** The unit ends here. */
  flush(): void {
    const whole = this.#hasPicture && !this.#broken
    const unit = { keyframe: this.#keyframe, parts: this.#parts, configuration: this.#parameterSets.configuration }
    this.#parts = []
    this.#sizeBytes = 0
    this.#keyframe = false
    this.#hasPicture = false
    this.#broken = false
    if (whole) this.#emit(unit)
  }
}
