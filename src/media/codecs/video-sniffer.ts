import { nalType as h264, h264NalType } from './h264/nal-unit.ts'
import { nalType as h265, h265NalType } from './h265/nal-unit.ts'

/** Payloads that can only be of the other codec before we say so, and none of the announced one. */
const OTHER_PAYLOADS_MIN = 8
/** Payloads that can only be of the announced codec after which there is no doubt. */
const ANNOUNCED_PAYLOADS_MIN = 3

/** Codecs that cameras mistake for each other. */
export type SniffedCodec = 'H264' | 'H265'

/**
 * Looks at the first payloads of a track that is announced as H.264 or H.265, and notices when they
 * are of the other: cameras that are switched from one to the other keep their old description.
 * Most first bytes of one are impossible in the other.
 */
export class VideoSniffer {
  readonly #announced: SniffedCodec
  #ofAnnounced = 0
  #ofOther = 0

  constructor(announced: SniffedCodec) {
    this.#announced = announced
  }

  /** Whether nothing more can be learned: do not look any further. */
  get settled(): boolean {
    return this.#ofAnnounced >= ANNOUNCED_PAYLOADS_MIN || this.#ofOther >= OTHER_PAYLOADS_MIN
  }

  /** Looks at one payload. Gives the codec it really is, once it is sure that it is not the announced one. */
  look(payload: Buffer): SniffedCodec | undefined {
    const [mayBe264, mayBe265] = [isH264(payload), isH265(payload)]
    if (mayBe264 === mayBe265) return undefined
    if ((mayBe264 ? 'H264' : 'H265') === this.#announced) this.#ofAnnounced++
    else this.#ofOther++
    if (this.#ofAnnounced > 0 || this.#ofOther < OTHER_PAYLOADS_MIN) return undefined
    return this.#announced === 'H264' ? 'H265' : 'H264'
  }
}

/** Whether cameras can be mistaken in this codec. */
export const isSniffed = (name: string): name is SniffedCodec => name === 'H264' || name === 'H265'

/** NAL units that H.264 cameras send: non-IDR, IDR, SEI, SPS, PPS, AUD, filler. */
const h264Units: ReadonlySet<number> = new Set([1, h264.sliceOfIdr, h264.sei, h264.sps, h264.pps, 9, 12])

/** RFC 6184 §5.3, as cameras use it: single NAL units, STAP-A, FU-A. */
const isH264 = (payload: Buffer): boolean => {
  if (payload.length < 2 || (payload[0]! & 0x80) !== 0) return false
  const type = h264NalType(payload[0]!)
  if (type === h264.fuA) return (payload[1]! & 0x20) === 0 && h264Units.has(h264NalType(payload[1]!))
  return type === h264.stapA || h264Units.has(type)
}

/** NAL units that H.265 cameras send: pictures, parameter sets, AUD, SEI. */
const isH265Unit = (type: number): boolean => type <= 9 || (type >= h265.firstIrap && type <= 21) || isH265Aside(type)

const isH265Aside = (type: number): boolean =>
  (type >= h265.vps && type <= 35) || type === h265.prefixSei || type === h265.suffixSei

/** RFC 7798 §4.4, as cameras use it: one layer. */
const isH265 = (payload: Buffer): boolean => {
  if (payload.length < 3 || (payload[0]! & 0x81) !== 0) return false
  // Layer 0, and a temporal id that is not zero (ITU-T H.265 §7.3.1.2).
  if (payload[1]! >> 3 !== 0 || (payload[1]! & 0x07) === 0) return false
  const type = h265NalType(payload[0]!)
  if (type === h265.fragmentation) return isH265Unit(payload[2]! & 0x3f)
  return type === h265.aggregation || isH265Unit(type)
}
