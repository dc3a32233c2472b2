import { retain } from '../../bytes/retain.ts'
import { formatAacParameters, readConfig } from '../../codecs/aac/fmtp.ts'
import type { Codec } from '../../core/codec.ts'
import { ticks } from '../../runtime/units.ts'
import type { GatheredStream } from '../track-gathering.ts'
import { type AudioTag, readAudioTag } from './codec-tag.ts'

/** Milliseconds by which a frame may be off its place behind the one before and still stand there: times are whole milliseconds. */
const ROUNDING_MS_MAX = 2
/** Bytes of an AudioSpecificConfig: real ones have two to forty. */
const CONFIG_BYTES_MAX = 256

const none: readonly Buffer[] = []

/** The sound of FLV tags. The codec of the first one stays. */
export class AudioTags {
  readonly #out: GatheredStream
  #codec: Codec | undefined
  #configuration: readonly Buffer[] = none
  /** Of a frame of AAC. */
  #frameSamples = 1024
  /** Where the next frame begins if it follows without a gap. */
  #expected = Number.NEGATIVE_INFINITY

  constructor(out: GatheredStream) {
    this.#out = out
  }

  /** Takes the next tag's data; `timeMs` does not start over. */
  push(data: Buffer, timeMs: number): void {
    const tag = readAudioTag(data)
    if (tag === undefined) return
    if (tag.content === 'configuration') this.#configure(tag.data)
    else if (this.#begin(tag)) this.#give(tag.data, timeMs)
  }

  #configure(data: Buffer): void {
    const config = data.length <= CONFIG_BYTES_MAX ? readConfig(data) : undefined
    if (config === undefined || this.#configuration[0]?.equals(data)) return
    const { sampleRate, channels, frameSamples } = config
    // A track's clock is for life: frames of another rate would be nonsense in it.
    if (this.#codec !== undefined && this.#codec.clockRate !== sampleRate) return
    this.#configuration = [retain(data)]
    this.#frameSamples = frameSamples
    this.#codec ??= {
      kind: 'audio',
      name: 'MPEG4-GENERIC',
      clockRate: sampleRate,
      channels,
      formatParameters: formatAacParameters(this.#configuration),
    }
    this.#out.known(this.#codec)
  }

  /** Whether a frame belongs to the track. G.711 needs no configuration. */
  #begin({ codec: name }: AudioTag): boolean {
    if (this.#codec === undefined && name !== 'MPEG4-GENERIC') {
      this.#codec = { kind: 'audio', name, clockRate: 8000, channels: 1, formatParameters: '' }
      this.#out.known(this.#codec)
    }
    return this.#codec?.name === name
  }

  #give(frame: Buffer, timeMs: number): void {
    const { clockRate, name } = this.#codec!
    const told = Math.round((timeMs * clockRate) / 1000)
    const follows = Math.abs(told - this.#expected) <= (ROUNDING_MS_MAX * clockRate) / 1000
    const time = follows ? this.#expected : told
    this.#expected = time + (name === 'MPEG4-GENERIC' ? this.#frameSamples : frame.length)
    this.#out.unit({
      keyframe: true,
      decodingTime: ticks(time),
      compositionOffset: 0,
      framing: 'frame',
      parts: [frame],
      configuration: this.#configuration,
    })
  }
}
