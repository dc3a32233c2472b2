import { readAvcDecoderConfig } from '../../codecs/h264/decoder-config.ts'
import { readHevcDecoderConfig } from '../../codecs/h265/decoder-config.ts'
import { splitLengthPrefixed } from '../../codecs/nal/length-prefixed.ts'
import type { CollectedUnit } from '../../codecs/nal/unit-collector.ts'
import { type NalCodecName, NalStream } from '../../codecs/nal-stream.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { ticks } from '../../runtime/units.ts'
import type { GatheredStream } from '../track-gathering.ts'
import { readVideoTag, type VideoTag } from './codec-tag.ts'

/** 90 kHz. */
const TICKS_PER_MS = 90

/** The pictures of FLV tags. The codec of the first one stays; a tag that is damaged costs its picture. */
export class VideoTags {
  readonly #out: GatheredStream
  #name: NalCodecName | undefined
  #stream: NalStream | undefined
  #lengthBytes = 4
  #timeMs = 0
  #compositionMs = 0

  constructor(out: GatheredStream) {
    this.#out = out
  }

  /** Takes the next tag's data; `timeMs` does not start over. */
  push(data: Buffer, timeMs: number): void {
    const tag = readVideoTag(data)
    if (tag === undefined) return
    this.#name ??= tag.codec
    if (tag.codec !== this.#name) return
    this.#stream ??= new NalStream(this.#name, unit => this.#give(unit))
    this.#timeMs = timeMs
    this.#compositionMs = tag.compositionMs
    try {
      this.#take(tag, this.#stream)
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.#stream.lost()
      this.#stream.flush()
    }
  }

  #take({ codec, content, data }: VideoTag, stream: NalStream): void {
    if (content === 'configuration') {
      const { parameterSets, lengthBytes } = codec === 'H264' ? readAvcDecoderConfig(data) : readHevcDecoderConfig(data)
      this.#lengthBytes = lengthBytes
      for (const nal of parameterSets) stream.push(nal)
      if (stream.codec !== undefined) this.#out.known(stream.codec)
      return
    }
    for (const nal of splitLengthPrefixed(data, this.#lengthBytes)) stream.push(nal)
    stream.flush()
  }

  #give({ keyframe, parts, configuration }: CollectedUnit): void {
    const codec = this.#stream?.codec
    if (codec === undefined || configuration.length === 0) return
    this.#out.known(codec)
    const decodingTime = ticks(this.#timeMs * TICKS_PER_MS)
    const compositionOffset = this.#compositionMs * TICKS_PER_MS
    this.#out.unit({ keyframe, decodingTime, compositionOffset, framing: 'nal', parts, configuration })
  }
}
