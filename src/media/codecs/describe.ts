import { type Codec, formatParameter, printCodecName } from '../core/codec.ts'
import { aacConfiguration, readConfig } from './aac/fmtp.ts'
import { firstH264Sps, h264ParameterSets } from './h264/fmtp.ts'
import { firstH265Sps, h265ParameterSets } from './h265/fmtp.ts'
import { type CodecName, isCodecName } from './registry.ts'

/** A codec as people say it: `H264 High 1920×1080`, `AAC 48 kHz stereo`. As much as its description tells. */
export const describeCodec = (codec: Codec): string =>
  isCodecName(codec.name)
    ? describers[codec.name](codec)
    : words(printCodecName(codec.name), kilohertz(codec.clockRate))

/** The name of an H.264 profile (ITU-T H.264 annex A) by its number, as go2rtc's JSON has it. */
export const h264ProfileName = (profile: number): string =>
  h264Profiles[profile] ?? `0x${profile.toString(16).toUpperCase().padStart(2, '0')}`

const h264Profiles: Readonly<Record<number, string>> = { 66: 'Baseline', 77: 'Main', 88: 'Extended', 100: 'High' }

/** ITU-T H.265 annex A, as people call them. */
const h265Profiles: Readonly<Record<number, string>> = { 1: 'Main', 2: 'Main 10', 3: 'Main Still' }

const words = (...parts: readonly (string | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== '').join(' ')

const kilohertz = (rate: number): string => (rate === 0 || rate === 90_000 ? '' : `${rate / 1000} kHz`)

const layout = (channels: number): string => ['', 'mono', 'stereo'][channels] ?? `${channels} channels`

const describeH264 = (codec: Codec): string => {
  const sps = firstH264Sps(h264ParameterSets(codec))
  const told = Number.parseInt(formatParameter(codec, 'profile-level-id')?.slice(0, 2) ?? '', 16)
  const profile = sps?.profile ?? (told > 0 ? told : undefined)
  return words('H264', profile === undefined ? '' : h264ProfileName(profile), sps && `${sps.width}×${sps.height}`)
}

const describeH265 = (codec: Codec): string => {
  const sps = firstH265Sps(h265ParameterSets(codec))
  return words('H265', sps && h265Profiles[sps.profile], sps && `${sps.width}×${sps.height}`)
}

const describeAac = (codec: Codec, name = 'AAC'): string => {
  const config = readConfig(aacConfiguration(codec))
  const rate = config?.extendedSampleRate ?? config?.sampleRate ?? codec.clockRate
  return words(name, kilohertz(rate), layout(config?.channels ?? codec.channels))
}

const describers: Readonly<Record<CodecName, (codec: Codec) => string>> = {
  H264: describeH264,
  H265: describeH265,
  VP8: () => 'VP8',
  VP9: () => 'VP9',
  AV1: () => 'AV1',
  JPEG: () => 'JPEG',
  RAW: () => 'raw video',
  'MPEG4-GENERIC': codec => describeAac(codec),
  ELD: codec => describeAac(codec, 'AAC-ELD'),
  OPUS: codec => words('Opus', kilohertz(codec.clockRate), layout(codec.channels)),
  PCMU: codec => words('G.711 µ-law', kilohertz(codec.clockRate)),
  PCMA: codec => words('G.711 A-law', kilohertz(codec.clockRate)),
  L16: codec => words('PCM 16 bit', kilohertz(codec.clockRate), layout(codec.channels)),
  PCML: codec => words('PCM 16 bit little-endian', kilohertz(codec.clockRate), layout(codec.channels)),
  // Its clock is called 8 kHz by mistake.
  G722: () => 'G.722 16 kHz',
  MPA: codec => words('MP3', kilohertz(codec.clockRate), layout(codec.channels)),
  FLAC: codec => words('FLAC', kilohertz(codec.clockRate), layout(codec.channels)),
}
