import { type Codec, formatParameter } from '../../core/codec.ts'
import { MalformedError } from '../../runtime/errors.ts'
import { parseSprop } from '../nal/sprop.ts'
import { h265NalType, nalType } from './nal-unit.ts'
import { type H265Sps, parseH265Sps } from './sps.ts'

/** The kinds of parameter sets and the parameters that carry them (RFC 7798 §7.1), in a decoder's order. */
const sprops = [
  [nalType.vps, 'sprop-vps'],
  [nalType.sps, 'sprop-sps'],
  [nalType.pps, 'sprop-pps'],
] as const

/** VPS, SPS and PPS as far as the session description tells them. */
export const h265ParameterSets = (codec: Codec): readonly Buffer[] =>
  sprops.flatMap(([type, key]) =>
    parseSprop(formatParameter(codec, key)).filter(nal => nal.length > 2 && h265NalType(nal[0]!) === type),
  )

/** What the first readable SPS among NAL units tells. */
export const firstH265Sps = (nals: readonly Buffer[]): H265Sps | undefined => {
  for (const nal of nals) {
    try {
      if (h265NalType(nal[0] ?? 0) === nalType.sps) return parseH265Sps(nal)
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
    }
  }
  return undefined
}

/** `a=fmtp` of H.265 with these parameter sets. */
export const formatH265Parameters = (configuration: readonly Buffer[]): string =>
  sprops
    .map(([type, key]) => {
      const sets = configuration.filter(nal => h265NalType(nal[0] ?? 0) === type)
      return sets.length === 0 ? '' : `${key}=${sets.map(nal => nal.toString('base64')).join(',')}`
    })
    .filter(text => text !== '')
    .join(';')
