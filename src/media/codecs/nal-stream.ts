import type { Codec } from '../core/codec.ts'
import { h264Syntax } from './h264/h264-syntax.ts'
import { h265Syntax } from './h265/h265-syntax.ts'
import type { NalSyntax } from './nal/nal-syntax.ts'
import { ParameterSets } from './nal/parameter-sets.ts'
import { type CollectedUnit, UnitCollector } from './nal/unit-collector.ts'
import { codecs } from './registry.ts'

/** The codecs made of NAL units. */
export type NalCodecName = 'H264' | 'H265'

const syntaxes: Readonly<Record<NalCodecName, NalSyntax>> = { H264: h264Syntax, H265: h265Syntax }

/** The NAL units of one track, as a container brings them, on their way to access units with their parameter sets. */
export class NalStream {
  readonly #name: NalCodecName
  readonly #parameterSets: ParameterSets
  readonly #collector: UnitCollector
  #codec: Codec | undefined
  #described: readonly Buffer[] = []

  /** `emit` gets each whole unit, also those before all parameter sets are known. */
  constructor(name: NalCodecName, emit: (unit: CollectedUnit) => void) {
    this.#name = name
    this.#parameterSets = new ParameterSets(syntaxes[name], [])
    this.#collector = new UnitCollector(syntaxes[name], this.#parameterSets, emit)
  }

  /** What it turned out to be; `undefined` while parameter sets are missing. */
  get codec(): Codec | undefined {
    const { configuration } = this.#parameterSets
    if (configuration.length > 0 && configuration !== this.#described) {
      const formatParameters = codecs[this.#name].formatParameters(configuration)
      this.#codec = { kind: 'video', name: this.#name, clockRate: 90_000, channels: 0, formatParameters }
      this.#described = configuration
    }
    return this.#codec
  }

  /** Whether a picture waits for its end. */
  get hasPicture(): boolean {
    return this.#collector.hasPicture
  }

  push(nal: Buffer): void {
    this.#collector.push(nal)
  }

  /** Something is missing here. */
  lost(): void {
    this.#collector.lost()
  }

  /** The present unit ends here. */
  flush(): void {
    this.#collector.flush()
  }
}
