import { AnnexBReader } from '../../codecs/nal/annex-b-reader.ts'
import type { CollectedUnit } from '../../codecs/nal/unit-collector.ts'
import { type NalCodecName, NalStream } from '../../codecs/nal-stream.ts'
import { type Ticks, ticks } from '../../runtime/units.ts'
import type { GatheredStream } from '../track-gathering.ts'
import type { ElementarySink, PesTimes, TimeUnwrapper } from './pes-reader.ts'

/** A PES packet of nearly the longest length may be one of several that a picture was cut into. */
const FULL_PES_BYTES_MIN = 65_000

/**
 * H.264 or H.265 in PES packets. A PES packet's time goes for the picture that begins in it: mostly
 * the whole packet is one picture, but a picture may also take several, or end in the next one.
 */
export class NalElementaryStream implements ElementarySink {
  readonly #out: GatheredStream
  readonly #unwrapper: TimeUnwrapper
  readonly #stream: NalStream
  readonly #reader: AnnexBReader
  /** Of the picture that is being collected, and of the one after it. */
  #times: PesTimes | undefined
  #nextTimes: PesTimes | undefined
  #lastTime: Ticks | undefined
  #fresh = false
  #sizeBytes = 0

  constructor(name: NalCodecName, out: GatheredStream, unwrapper: TimeUnwrapper) {
    this.#out = out
    this.#unwrapper = unwrapper
    this.#stream = new NalStream(name, unit => this.#give(unit))
    this.#reader = new AnnexBReader({ nal: nal => this.#stream.push(nal), lost: () => this.#stream.lost() })
  }

  begin(times: PesTimes | undefined): void {
    this.#nextTimes = times
    this.#fresh = times !== undefined
    this.#sizeBytes = 0
  }

  data(bytes: Buffer): void {
    if (this.#fresh) {
      this.#fresh = false
      if (startsWithStartCode(bytes) || !this.#reader.waiting) this.#next()
    }
    this.#sizeBytes += bytes.length
    this.#reader.push(bytes)
  }

  complete(): void {
    if (this.#sizeBytes >= FULL_PES_BYTES_MIN) return
    this.#reader.end()
    this.#stream.flush()
  }

  lost(): void {
    this.#reader.reset()
    this.#stream.lost()
  }

  end(): void {
    this.#reader.end()
    this.#stream.flush()
  }

  /** What was before is whole, unless it is of the same instant: some cameras give each NAL unit a PES packet. */
  #next(): void {
    const times = this.#nextTimes
    this.#nextTimes = undefined
    this.#reader.end()
    if (this.#times?.decoding !== times?.decoding) this.#stream.flush()
    this.#times = times
  }

  #give({ keyframe, parts, configuration }: CollectedUnit): void {
    const times = this.#times
    this.#times = this.#nextTimes
    this.#nextTimes = undefined
    const { codec } = this.#stream
    if (codec === undefined) return
    this.#out.known(codec)
    const decodingTime = this.#timeOf(times)
    const ahead = times === undefined ? 0 : (times.presentation - times.decoding + WRAP) % WRAP
    // A presentation before its decoding is nonsense, and no wrap either.
    const compositionOffset = ticks(ahead < WRAP / 2 ? ahead : 0)
    if (configuration.length === 0) return
    this.#out.unit({ keyframe, decodingTime, compositionOffset, framing: 'nal', parts, configuration })
  }

  /** A picture without a time is the second of its PES packet, mostly a field: right after the one before. */
  #timeOf(times: PesTimes | undefined): Ticks | undefined {
    if (times !== undefined) this.#lastTime = this.#unwrapper.unwrap(times.decoding)
    else if (this.#lastTime !== undefined) this.#lastTime = ticks(this.#lastTime + 1)
    return this.#lastTime
  }
}

const WRAP = 2 ** 33

const startsWithStartCode = (bytes: Buffer): boolean =>
  bytes[0] === 0 && bytes[1] === 0 && (bytes[2] === 1 || (bytes[2] === 0 && bytes[3] === 1))
