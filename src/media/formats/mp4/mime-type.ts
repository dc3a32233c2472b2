import { h264NalType, nalType } from '../../codecs/h264/nal-unit.ts'
import type { CodecName } from '../../codecs/registry.ts'

/** Codec strings (RFC 6381) as go2rtc tells them to players; undefined for what does not go into MP4. */
const codecStrings: Readonly<Record<CodecName, ((configuration: readonly Buffer[]) => string) | null>> = {
  H264: configuration => avcString(configuration),
  // Whatever the real profile: browsers that play H.265 at all play this, and go2rtc's players know it.
  H265: () => 'hvc1.1.6.L153.B0',
  VP8: null,
  VP9: null,
  AV1: null,
  JPEG: null,
  RAW: null,
  'MPEG4-GENERIC': () => 'mp4a.40.2',
  ELD: null,
  OPUS: () => 'opus',
  PCMU: null,
  PCMA: null,
  L16: null,
  PCML: null,
  G722: null,
  // go2rtc tells nothing here, which no player takes.
  MPA: () => 'mp4a.6B',
  FLAC: () => 'flac',
}

/** A track as a MIME type needs it. */
export interface NamedTrack {
  readonly name: CodecName
  readonly configuration: readonly Buffer[]
}

/** `video/mp4; codecs="avc1.640029,mp4a.40.2"`: what a browser's MediaSource is opened with. */
export const mp4MimeType = (tracks: readonly NamedTrack[]): string => {
  const strings = tracks.map(({ name, configuration }) => codecStrings[name]?.(configuration) ?? '')
  return `video/mp4; codecs="${strings.join(',')}"`
}

/** Profiles and levels that browsers are asked for as they are; go2rtc says High and 4.1 in place of all others. */
const profiles: ReadonlySet<number> = new Set([0x42, 0x4d])
const constraintSets: ReadonlySet<number> = new Set([0xe0, 0x40])
const levels: ReadonlySet<number> = new Set([0x1e, 0x1f, 0x28])

const avcString = (configuration: readonly Buffer[]): string => {
  const sps = configuration.find(nal => h264NalType(nal[0] ?? 0) === nalType.sps)
  const profile = kept(profiles, sps?.[1], 0x64)
  const constraints = kept(constraintSets, sps?.[2], 0x00)
  const level = kept(levels, sps?.[3], 0x29)
  return `avc1.${Buffer.of(profile, constraints, level).toString('hex').toUpperCase()}`
}

const kept = (known: ReadonlySet<number>, value: number | undefined, otherwise: number): number =>
  value !== undefined && known.has(value) ? value : otherwise
