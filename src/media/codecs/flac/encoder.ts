import { AccessUnit } from '../../core/access-unit.ts'
import type { Transform } from '../../core/transform.ts'
import { ticks } from '../../runtime/units.ts'
import { formatFlacFrame } from './frame.ts'
import { BLOCK_SAMPLES_MAX, formatStreamInfo } from './stream-info.ts'

/** Units of 16-bit samples, high byte first, to frames of FLAC: one for a unit, more where it is long. */
export class FlacEncoder implements Transform<AccessUnit, AccessUnit> {
  readonly #sampleRate: number
  readonly #channels: 1 | 2
  readonly #configuration: readonly Buffer[]
  #sampleNumber = 0

  constructor(sampleRate: number, channels: 1 | 2) {
    this.#sampleRate = sampleRate
    this.#channels = channels
    this.#configuration = [formatStreamInfo(sampleRate, channels)]
  }

  push(unit: AccessUnit, emit: (unit: AccessUnit) => void): void {
    const { sample, arrivedAt } = unit
    const [sampleRate, channels] = [this.#sampleRate, this.#channels]
    const blockBytes = 2 * channels
    const end = sample.length - (sample.length % blockBytes)
    for (let at = 0; at < end; at += BLOCK_SAMPLES_MAX * blockBytes) {
      const samples = sample.subarray(at, Math.min(end, at + BLOCK_SAMPLES_MAX * blockBytes))
      const frame = formatFlacFrame({ sampleNumber: this.#sampleNumber, samples, channels, sampleRate })
      this.#sampleNumber += samples.length / blockBytes
      emit(
        new AccessUnit({
          keyframe: true,
          decodingTime: ticks(unit.decodingTime + at / blockBytes),
          framing: 'frame',
          parts: [frame],
          configuration: this.#configuration,
          arrivedAt,
        }),
      )
    }
  }
}
