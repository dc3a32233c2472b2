import { parseAudioSpecificConfig } from '../../codecs/aac/audio-specific-config.ts'
import { h264NalType, nalType as h264Type } from '../../codecs/h264/nal-unit.ts'
import { h265NalType, nalType as h265Type } from '../../codecs/h265/nal-unit.ts'
import { parseH265Sps } from '../../codecs/h265/sps.ts'
import type { MuxedTrack } from '../../formats/muxer.ts'

/** What a player is told of a track (RFC 6381): what it really is, as it may refuse anything else. Empty when unknown. */
export const codecString = ({ codec, configuration }: Pick<MuxedTrack, 'codec' | 'configuration'>): string => {
  switch (codec.name) {
    case 'H264':
      return avc(configuration)
    case 'H265':
      return hevc(configuration)
    case 'MPEG4-GENERIC':
      return `mp4a.40.${aacObjectType(configuration[0])}`
    case 'MPA':
      return 'mp4a.40.34'
    case 'OPUS':
      return 'opus'
    case 'FLAC':
      return 'fLaC'
    default:
      return ''
  }
}

const avc = (configuration: readonly Buffer[]): string => {
  const sps = configuration.find(nal => h264NalType(nal[0] ?? 0) === h264Type.sps)
  return sps === undefined ? '' : `avc1.${sps.toString('hex', 1, 4)}`
}

/** ISO/IEC 14496-15 annex E: profile, compatibility with its bits in reverse, tier and level, constraints. */
const hevc = (configuration: readonly Buffer[]): string => {
  const sps = configuration.find(nal => h265NalType(nal[0] ?? 0) === h265Type.sps)
  if (sps === undefined) return ''
  const { profileTierLevel: told, profile, level } = parseH265Sps(sps)
  const tier = (told[0]! & 0x20) === 0 ? 'L' : 'H'
  const constraints = [...told.subarray(5, 11)]
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop()
  const space = ['', 'A', 'B', 'C'][told[0]! >> 6]!
  const compatibility = reversed(told.readUInt32BE(1)).toString(16).toUpperCase()
  const parts = [`hvc1.${space}${profile}`, compatibility, `${tier}${level}`]
  return [...parts, ...constraints.map(byte => byte.toString(16).toUpperCase())].join('.')
}

const reversed = (bits: number): number => {
  let result = 0
  for (let bit = 0; bit < 32; bit++) result = result * 2 + ((bits >>> bit) & 1)
  return result
}

const aacObjectType = (configuration: Buffer | undefined): number =>
  configuration === undefined ? 2 : parseAudioSpecificConfig(configuration).objectType
