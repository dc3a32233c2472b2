import { BitReader } from '../../bytes/bit-reader.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { toRbsp } from '../nal/rbsp.ts'
import { h264NalType, nalType } from './nal-unit.ts'

/** Profiles whose parameter sets tell their chroma format (ITU-T H.264 §7.3.2.1.1). */
const profilesWithChroma: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])
/** Largest side of a picture: level 6.2 ends at 16 864. */
const SIDE_PIXELS_MAX = 16_864
/** num_ref_frames_in_pic_order_cnt_cycle, §7.4.2.1.1. */
const CYCLE_MAX = 255

/** What a sequence parameter set tells of its pictures (ITU-T H.264 §7.3.2.1). */
export interface H264Sps {
  /** profile_idc: 66 Baseline, 77 Main, 88 Extended, 100 High. */
  readonly profile: number
  /** The constraint flags as a byte, as in `profile-level-id`. */
  readonly constraints: number
  /** level_idc: ten times the level. */
  readonly level: number
  readonly id: number
  /** Pixels, cropped. */
  readonly width: number
  readonly height: number
}

/** Reads a sequence parameter set. Throws `MalformedError`. */
export const parseH264Sps = (nal: Buffer): H264Sps => {
  if (nal.length < 4 || h264NalType(nal[0]!) !== nalType.sps) throw new MalformedError('not an H.264 SPS')
  return readH264Sps(new BitReader(toRbsp(nal).subarray(1)))
}

/** Reads one from behind its NAL unit's header up to `vui_parameters_present_flag`, which is next. Throws `MalformedError`. */
export const readH264Sps = (bits: BitReader): H264Sps => {
  const profile = bits.bits(8)
  const constraints = bits.bits(8)
  const level = bits.bits(8)
  const id = bits.unsigned()
  if (id > 31) throw new MalformedError('H.264 SPS id above 31')
  const chroma = profilesWithChroma.has(profile) ? readChroma(bits) : 1
  bits.unsigned() // log2_max_frame_num_minus4
  readPictureOrder(bits)
  bits.unsigned() // max_num_ref_frames
  bits.skip(1) // gaps_in_frame_num_value_allowed_flag
  const widthInBlocks = bits.unsigned() + 1
  const heightInUnits = bits.unsigned() + 1
  const fieldFactor = bits.flag() ? 1 : 2
  if (fieldFactor === 2) bits.skip(1) // mb_adaptive_frame_field_flag
  bits.skip(1) // direct_8x8_inference_flag
  const crop = bits.flag() ? [bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] : [0, 0, 0, 0]
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1
  const cropY = (chroma === 1 ? 2 : 1) * fieldFactor
  const width = widthInBlocks * 16 - cropX * (crop[0]! + crop[1]!)
  const height = heightInUnits * 16 * fieldFactor - cropY * (crop[2]! + crop[3]!)
  if (width < 1 || height < 1 || width > SIDE_PIXELS_MAX || height > SIDE_PIXELS_MAX)
    throw new MalformedError(`H.264 picture of ${width}×${height}`)
  return { profile, constraints, level, id, width, height }
}

/** chroma_format_idc and what follows it: bit depths and scaling lists. */
const readChroma = (bits: BitReader): number => {
  const chroma = bits.unsigned()
  if (chroma === 3) bits.skip(1) // separate_colour_plane_flag
  bits.unsigned() // bit_depth_luma_minus8
  bits.unsigned() // bit_depth_chroma_minus8
  bits.skip(1) // qpprime_y_zero_transform_bypass_flag
  if (bits.flag()) {
    const lists = chroma === 3 ? 12 : 8
    for (let list = 0; list < lists; list++) if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64)
  }
  return chroma
}

const skipScalingList = (bits: BitReader, size: number): void => {
  let next = 8
  for (let i = 0; i < size && next !== 0; i++) next = (next + bits.signed() + 256) % 256
}

const readPictureOrder = (bits: BitReader): void => {
  const type = bits.unsigned()
  if (type === 0) bits.unsigned() // log2_max_pic_order_cnt_lsb_minus4
  if (type !== 1) return
  bits.skip(1) // delta_pic_order_always_zero_flag
  bits.signed() // offset_for_non_ref_pic
  bits.signed() // offset_for_top_to_bottom_field
  const cycle = bits.unsigned()
  if (cycle > CYCLE_MAX) throw new MalformedError('H.264 picture order cycle above 255')
  for (let i = 0; i < cycle; i++) bits.signed()
}
