import { BitReader } from '../../bytes/bit-reader.ts'
import { type BitReplacement, replaceBits } from '../../bytes/replace-bits.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { fromRbsp, toRbsp } from '../nal/rbsp.ts'
import { h265NalType, nalType } from './nal-unit.ts'
import { readH265Sps } from './sps.ts'

/** Bits of a NAL unit's header, ITU-T H.265 §7.3.1.2. */
const HEADER_BITS = 16
/** ue(v) of 0. */
const ZERO = '1'

/**
 * A sequence parameter set that promises pictures in the order of decoding (`sps_max_num_reorder_pics`, ITU-T H.265
 * §7.3.2.2), so that a decoder gives a picture that is alone at once. Anything else of it stays; one that cannot be
 * read is given as it is.
 */
export const h265InOrder = (sps: Buffer): Buffer => {
  try {
    if (sps.length < 15 || h265NalType(sps[0]!) !== nalType.sps) return sps
    const rbsp = toRbsp(sps)
    const inner = rbsp.subarray(HEADER_BITS / 8)
    const bits = new BitReader(inner)
    const { temporalLayers } = readH265Sps(inner, bits)
    return fromRbsp(replaceBits(rbsp, replacements(bits, temporalLayers)))
  } catch (error) {
    if (error instanceof MalformedError) return sps
    throw error
  }
}

const replacements = (bits: BitReader, temporalLayers: number): readonly BitReplacement[] => {
  bits.unsigned() // log2_max_pic_order_cnt_lsb_minus4
  const layers = bits.flag() ? temporalLayers : 1 // sps_sub_layer_ordering_info_present_flag
  return Array.from({ length: layers }, () => {
    bits.unsigned() // sps_max_dec_pic_buffering_minus1
    const from = bits.position + HEADER_BITS
    bits.unsigned()
    const to = bits.position + HEADER_BITS
    bits.unsigned() // sps_max_latency_increase_plus1
    return { from, to, by: ZERO }
  })
}
