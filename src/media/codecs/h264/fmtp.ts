import { type Codec, formatParameter } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { parseSprop } from '../nal/sprop.ts'
import { h264NalType, nalType } from './nal-unit.ts'
import { type H264Sps, parseH264Sps } from './sps.ts'

/** SPS and PPS of `sprop-parameter-sets` (RFC 6184 §8.1), as far as they are there. */
export const h264ParameterSets = (codec: Codec): readonly Buffer[] =>
  parseSprop(formatParameter(codec, 'sprop-parameter-sets')).filter(nal => {
    const type = h264NalType(nal[0]!)
    return type === nalType.sps || type === nalType.pps
  })

/** What the first readable SPS among NAL units tells. */
export const firstH264Sps = (nals: readonly Buffer[]): H264Sps | undefined => {
  for (const nal of nals) {
    try {
      if (h264NalType(nal[0] ?? 0) === nalType.sps) return parseH264Sps(nal)
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
    }
  }
  return undefined
}

/** `a=fmtp` of H.264 with these parameter sets. */
export const formatH264Parameters = (configuration: readonly Buffer[]): string => {
  const sps = configuration.find(nal => h264NalType(nal[0] ?? 0) === nalType.sps)
  if (sps === undefined) return 'packetization-mode=1'
  const profileLevelId = sps.toString('hex', 1, 4).toUpperCase()
  const sprop = configuration.map(nal => nal.toString('base64')).join(',')
  return `packetization-mode=1;profile-level-id=${profileLevelId};sprop-parameter-sets=${sprop}`
}
