import { AccessUnit } from '../../core/access-unit.ts'
import type { Transform } from '../../core/transform.ts'
import { rescale, ticks } from '../../runtime/units.ts'
import type { PcmFormat } from './pcm-format.ts'
import { Resampler } from './resample.ts'
import { SampleLine } from './sample-line.ts'
import { mixed, readSamples, type Samples, writeSamples } from './samples.ts'

/** No configuration, always the same array: see `AccessUnit.configuration`. */
const none: readonly Buffer[] = []

/**
 * Samples of one format as samples of another: rate, channels, width, law. Times are counted in samples from the
 * first unit on; where units are missing, they begin anew.
 */
export class PcmTranscoder implements Transform<AccessUnit, AccessUnit> {
  readonly #from: PcmFormat
  readonly #to: PcmFormat
  readonly #line: SampleLine
  #resamplers: readonly Resampler[] | undefined
  /** The time of the next sample that is given. */
  #time = 0

  constructor(from: PcmFormat, to: PcmFormat) {
    this.#from = from
    this.#to = to
    this.#line = new SampleLine(from.rate)
  }

  push(unit: AccessUnit, emit: (unit: AccessUnit) => void): void {
    const { rate, blockBytes } = this.#from
    const bytes = unit.sample
    if (!this.#line.follow(unit.decodingTime, Math.floor(bytes.length / blockBytes))) {
      this.#resamplers = undefined
      this.#time = Math.max(this.#time, rescale(unit.decodingTime, rate, this.#to.rate))
    }
    const planes = this.#spread(this.#resample(this.#gather(readSamples(bytes, this.#from))))
    const duration = planes[0]!.length
    if (duration === 0) return
    const parts = [writeSamples(planes, this.#to)]
    const decodingTime = ticks(this.#time)
    const { arrivedAt } = unit
    this.#time += duration
    emit(new AccessUnit({ keyframe: true, decodingTime, framing: 'frame', parts, configuration: none, arrivedAt }))
  }

  #gather(planes: readonly Samples[]): readonly Samples[] {
    const [left, right] = planes
    return this.#to.channels === 1 && left !== undefined && right !== undefined ? [mixed(left, right)] : planes
  }

  #resample(planes: readonly Samples[]): readonly Samples[] {
    const { rate } = this.#from
    if (rate === this.#to.rate) return planes
    this.#resamplers ??= planes.map(() => new Resampler(rate, this.#to.rate))
    return planes.map((samples, channel) => this.#resamplers![channel]!.push(samples))
  }

  #spread(planes: readonly Samples[]): readonly Samples[] {
    return this.#to.channels > planes.length ? [planes[0]!, planes[0]!] : planes
  }
}
