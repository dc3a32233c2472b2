import { BitReader } from '../../bytes/bit-reader.ts'
import { replaceBits } from '../../bytes/replace-bits.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { fromRbsp, toRbsp } from '../nal/rbsp.ts'
import { h264NalType, nalType } from './nal-unit.ts'
import { readH264Sps } from './sps.ts'

/** aspect_ratio_idc that is followed by a ratio, ITU-T H.264 table E-1. */
const EXTENDED_SAR = 255
/** cpb_cnt_minus1, §E.2.2. */
const CPB_COUNT_MAX = 32
/** ue(v) of 0. */
const ZERO = '1'

/**
 * A sequence parameter set that promises pictures in the order of decoding, so that a decoder gives a picture that is
 * alone at once instead of waiting for those it might be shown behind. Anything else of it stays; one that does not
 * promise anything, or cannot be read, is given as it is.
 */
export const h264InOrder = (sps: Buffer): Buffer => {
  try {
    if (sps.length < 4 || h264NalType(sps[0]!) !== nalType.sps) return sps
    const rbsp = toRbsp(sps)
    const bits = new BitReader(rbsp)
    bits.skip(8)
    readH264Sps(bits)
    if (!bits.flag() || !seekReordering(bits)) return sps
    const from = bits.position
    return bits.unsigned() === 0 ? sps : fromRbsp(replaceBits(rbsp, [{ from, to: bits.position, by: ZERO }]))
  } catch (error) {
    if (error instanceof MalformedError) return sps
    throw error
  }
}

/** Reads the usability information (§E.1.1) up to `max_num_reorder_frames`. Whether there is one. */
const seekReordering = (bits: BitReader): boolean => {
  if (bits.flag() && bits.bits(8) === EXTENDED_SAR) bits.skip(32)
  if (bits.flag()) bits.skip(1) // overscan_appropriate_flag
  if (bits.flag()) {
    bits.skip(4) // video_format, video_full_range_flag
    if (bits.flag()) bits.skip(24) // colour_primaries, transfer_characteristics, matrix_coefficients
  }
  if (bits.flag()) for (let field = 0; field < 2; field++) bits.unsigned() // chroma_sample_loc_type
  if (bits.flag()) bits.skip(65) // num_units_in_tick, time_scale, fixed_frame_rate_flag
  const nal = bits.flag()
  if (nal) skipHrd(bits)
  const vcl = bits.flag()
  if (vcl) skipHrd(bits)
  if (nal || vcl) bits.skip(1) // low_delay_hrd_flag
  bits.skip(1) // pic_struct_present_flag
  if (!bits.flag()) return false // bitstream_restriction_flag
  bits.skip(1) // motion_vectors_over_pic_boundaries_flag
  // max_bytes_per_pic_denom, max_bits_per_mb_denom, log2_max_mv_length_horizontal, log2_max_mv_length_vertical
  for (let field = 0; field < 4; field++) bits.unsigned()
  return true
}

/** hrd_parameters, §E.1.2. */
const skipHrd = (bits: BitReader): void => {
  const count = bits.unsigned() + 1
  if (count > CPB_COUNT_MAX) throw new MalformedError('H.264 HRD of more than 32 buffers')
  bits.skip(8) // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    bits.unsigned() // bit_rate_value_minus1
    bits.unsigned() // cpb_size_value_minus1
    bits.skip(1) // cbr_flag
  }
  bits.skip(20) // four lengths of 5 bits
}
