import type { Codec, Kind } from '../../core/codec.ts'
import type { Media } from '../../core/media.ts'

/** Characters of a player's list of codecs that are looked at. */
const LIST_CHARACTERS_MAX = 1024

/** go2rtc's codec strings and what a player means by them; of samples, FLAC is made. */
const tokens: Readonly<Record<string, readonly (readonly [Kind, string])[]>> = {
  'avc1.640029': [['video', 'H264']],
  'hvc1.1.6.L153.B0': [['video', 'H265']],
  'mp4a.40.2': [['audio', 'MPEG4-GENERIC']],
  flac: [
    ['audio', 'PCMA'],
    ['audio', 'PCMU'],
    ['audio', 'L16'],
    ['audio', 'PCML'],
    ['audio', 'FLAC'],
  ],
  opus: [['audio', 'OPUS']],
}

/** What players want who do not say. */
const usual: readonly (readonly [Kind, string])[] = [
  ['video', 'H264'],
  ['video', 'H265'],
  ['audio', 'MPEG4-GENERIC'],
]

/** What a player wants that sends this list, separated by commas: video first; without a known codec, what is usual. */
export const mseMedias = (list: string): readonly Media[] => {
  const asked = list
    .slice(0, LIST_CHARACTERS_MAX)
    .split(',')
    .flatMap(token => (Object.hasOwn(tokens, token.trim()) ? tokens[token.trim()]! : []))
  const wanted = asked.length > 0 ? asked : usual
  return (['video', 'audio'] as const).flatMap(kind => {
    const names = new Set(wanted.filter(([of]) => of === kind).map(([, name]) => name))
    if (names.size === 0) return []
    return [{ kind, direction: 'sendonly' as const, codecs: Array.from(names, name => wish(kind, name)), id: kind }]
  })
}

const wish = (kind: Kind, name: string): Codec => ({ kind, name, clockRate: 0, channels: 0, formatParameters: '' })
