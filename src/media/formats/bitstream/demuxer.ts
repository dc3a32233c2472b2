import { h264NalType, nalType as h264Type } from '../../codecs/h264/nal-unit.ts'
import { h265NalType, nalType as h265Type } from '../../codecs/h265/nal-unit.ts'
import { AnnexBReader } from '../../codecs/nal/annex-b-reader.ts'
import type { CollectedUnit } from '../../codecs/nal/unit-collector.ts'
import { type NalCodecName, NalStream } from '../../codecs/nal-stream.ts'
import { MalformedError } from '../../runtime/errors.ts'
import type { Demuxer, DemuxerSink } from '../demuxer.ts'

/** NAL units among which there must be a parameter set: delimiters and SEI may stand before. */
const UNKNOWN_NALS_MAX = 64

/**
 * A naked stream of H.264 or H.265 (annex B of both): which one it is, the first parameter set tells. It has no times,
 * and a picture is given when the next one begins.
 */
export class BitstreamDemuxer implements Demuxer {
  readonly #into: DemuxerSink
  readonly #reader: AnnexBReader
  #name: NalCodecName | undefined
  #stream: NalStream | undefined
  #unknownCount = 0
  #told = false
  #flows = false

  constructor(into: DemuxerSink) {
    this.#into = into
    this.#reader = new AnnexBReader({ nal: nal => this.#take(nal), lost: () => this.#stream?.lost() })
  }

  get formatName(): string {
    return this.#name === 'H265' ? 'hevc' : 'h264'
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk)
  }

  settle(): void {
    if (!this.#told) this.#tell([])
  }

  end(): void {
    this.#reader.end()
    this.#stream?.flush()
    this.settle()
  }

  #take(nal: Buffer): void {
    this.#stream ??= this.#begin(nal)
    this.#stream?.push(nal)
  }

  #begin(nal: Buffer): NalStream | undefined {
    this.#name = codecOf(nal)
    if (this.#name !== undefined) return new NalStream(this.#name, unit => this.#give(unit))
    if (++this.#unknownCount > UNKNOWN_NALS_MAX) throw new MalformedError('NAL units without a parameter set')
    return undefined
  }

  #give({ keyframe, parts, configuration }: CollectedUnit): void {
    const codec = this.#told ? undefined : this.#stream?.codec
    if (codec !== undefined) this.#tell([codec])
    if (!this.#flows || configuration.length === 0) return
    this.#into.unit({
      track: 0,
      keyframe,
      decodingTime: undefined,
      compositionOffset: 0,
      framing: 'nal',
      parts,
      configuration,
    })
  }

  #tell(codecs: Parameters<DemuxerSink['tracks']>[0]): void {
    this.#told = true
    this.#flows = codecs.length > 0
    this.#into.tracks(codecs)
  }
}

/** Tells by a parameter set: an SPS of H.264 cannot be a VPS of H.265. */
const codecOf = (nal: Buffer): NalCodecName | undefined => {
  const [first = 0, second] = nal
  if (h264NalType(first) === h264Type.sps && first > 7 && first < 0x80) return 'H264'
  return h265NalType(first) === h265Type.vps && second === 1 ? 'H265' : undefined
}
