import { BitReader } from '../../bytes/bit-reader.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { toRbsp } from '../nal/rbsp.ts'
import { h265NalType, nalType } from './nal-unit.ts'

/** Largest side of a picture: level 6.2 ends at 16 888. */
const SIDE_PIXELS_MAX = 16_888

/** What a sequence parameter set tells of its pictures (ITU-T H.265 §7.3.2.2). */
export interface H265Sps {
  /** The 12 bytes of profile, tier, constraints and level (§7.3.3), as an MP4 sample entry repeats them. */
  readonly profileTierLevel: Buffer
  /** general_profile_idc: 1 Main, 2 Main 10, 3 Main Still Picture. */
  readonly profile: number
  /** general_level_idc: thirty times the level. */
  readonly level: number
  readonly id: number
  readonly temporalLayers: number
  readonly temporalIdNested: boolean
  /** chroma_format_idc: 1 is 4:2:0. */
  readonly chroma: number
  readonly lumaBits: number
  readonly chromaBits: number
  /** Pixels, cropped. */
  readonly width: number
  readonly height: number
}

/** Reads a sequence parameter set. Throws `MalformedError`. */
export const parseH265Sps = (nal: Buffer): H265Sps => {
  if (nal.length < 15 || h265NalType(nal[0]!) !== nalType.sps) throw new MalformedError('not an H.265 SPS')
  const rbsp = toRbsp(nal).subarray(2)
  if (rbsp.length < 13) throw new MalformedError('H.265 SPS too short', rbsp.length)
  return readH265Sps(rbsp, new BitReader(rbsp))
}

/** Reads one from behind its NAL unit's header up to its bit depths; `bits` is at the begin of `rbsp`. Throws `MalformedError`. */
export const readH265Sps = (rbsp: Buffer, bits: BitReader): H265Sps => {
  bits.skip(4) // sps_video_parameter_set_id
  const subLayers = bits.bits(3)
  const temporalIdNested = bits.flag()
  bits.skip(12 * 8)
  skipSubLayers(bits, subLayers)
  const id = bits.unsigned()
  if (id > 15) throw new MalformedError('H.265 SPS id above 15')
  const chroma = bits.unsigned()
  if (chroma > 3) throw new MalformedError('H.265 chroma format above 3')
  if (chroma === 3) bits.skip(1) // separate_colour_plane_flag
  const size = readSize(bits, chroma)
  const lumaBits = bits.unsigned() + 8
  const chromaBits = bits.unsigned() + 8
  if (lumaBits > 16 || chromaBits > 16) throw new MalformedError('H.265 samples of more than 16 bits')
  const profileTierLevel = Buffer.from(rbsp.subarray(1, 13))
  return {
    profileTierLevel,
    profile: profileTierLevel[0]! & 0x1f,
    level: profileTierLevel[11]!,
    id,
    temporalLayers: subLayers + 1,
    temporalIdNested,
    chroma,
    lumaBits,
    chromaBits,
    ...size,
  }
}

/** The part of profile_tier_level that tells of sub-layers. */
const skipSubLayers = (bits: BitReader, count: number): void => {
  if (count === 0) return
  let skip = 0
  for (let i = 0; i < count; i++) {
    if (bits.flag()) skip += 88 // sub_layer_profile_present_flag
    if (bits.flag()) skip += 8 // sub_layer_level_present_flag
  }
  bits.skip((8 - count) * 2 + skip)
}

const readSize = (bits: BitReader, chroma: number): { readonly width: number; readonly height: number } => {
  let width = bits.unsigned()
  let height = bits.unsigned()
  if (bits.flag()) {
    const cropX = chroma === 1 || chroma === 2 ? 2 : 1
    const cropY = chroma === 1 ? 2 : 1
    width -= cropX * (bits.unsigned() + bits.unsigned())
    height -= cropY * (bits.unsigned() + bits.unsigned())
  }
  if (width < 1 || height < 1 || width > SIDE_PIXELS_MAX || height > SIDE_PIXELS_MAX)
    throw new MalformedError(`H.265 picture of ${width}×${height}`)
  return { width, height }
}
