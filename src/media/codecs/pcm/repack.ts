import { AccessUnit } from '../../core/access-unit.ts'
import type { Transform } from '../../core/transform.ts'
import { type Millis, ticks } from '../../runtime/units.ts'
import type { PcmFormat } from './pcm-format.ts'
import { SampleLine } from './sample-line.ts'

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

/**
 * Samples in units of one size, whatever sizes they came in. Times are counted in samples. Where units are missing,
 * what is held goes out short.
 */
export class PcmRepacker implements Transform<AccessUnit, AccessUnit> {
  readonly #blockBytes: number
  readonly #unitBytes: number
  readonly #line: SampleLine
  #held: Buffer[] = []
  #heldBytes = 0
  #time = 0

  /** `unitBytesMax`: the size of a unit, in whole blocks. */
  constructor(format: PcmFormat, unitBytesMax: number) {
    this.#blockBytes = format.blockBytes
    this.#unitBytes = unitBytesMax - (unitBytesMax % format.blockBytes)
    this.#line = new SampleLine(format.rate)
  }

  push(unit: AccessUnit, emit: (unit: AccessUnit) => void): void {
    let rest = unit.sample
    rest = rest.subarray(0, rest.length - (rest.length % this.#blockBytes))
    if (!this.#line.follow(unit.decodingTime, rest.length / this.#blockBytes)) {
      this.#give(unit.arrivedAt, emit)
      this.#time = Math.max(this.#time, unit.decodingTime)
    }
    while (this.#heldBytes + rest.length >= this.#unitBytes) {
      const missing = this.#unitBytes - this.#heldBytes
      this.#hold(rest.subarray(0, missing))
      rest = rest.subarray(missing)
      this.#give(unit.arrivedAt, emit)
    }
    if (rest.length > 0) this.#hold(rest)
  }

  #hold(piece: Buffer): void {
    this.#held.push(piece)
    this.#heldBytes += piece.length
  }

  #give(arrivedAt: Millis, emit: (unit: AccessUnit) => void): void {
    const parts = this.#held
    if (parts.length === 0) return
    const decodingTime = ticks(this.#time)
    this.#time += this.#heldBytes / this.#blockBytes
    this.#held = []
    this.#heldBytes = 0
    emit(new AccessUnit({ keyframe: true, decodingTime, framing: 'frame', parts, configuration: none, arrivedAt }))
  }
}
