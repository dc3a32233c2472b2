import { spokenCodec } from '../lib/codec-names.ts'

/**
 * Codec strings a browser is asked about, and the server is told. It compares them letter by letter and passes over
 * those it does not know; FLAC carries the cameras' G.711.
 */
export const CODECS: readonly string[] = [
  'avc1.640029', // H264 High 4.1
  'avc1.64002A', // H264 High 4.2
  'avc1.640033', // H264 High 5.1
  'hvc1.1.6.L153.B0', // H265 Main 5.1
  'mp4a.40.2', // AAC-LC
  'mp4a.40.5', // HE-AAC
  'flac',
  'opus',
]

/**
 * Which codecs of a list a browser plays, as the server reads them: `avc1.640029,mp4a.40.2`. Each is asked for alone,
 * and only of the kinds in `media` (`video,audio`).
 */
export const supportedCodecs = (
  isTypeSupported: (type: string) => unknown,
  media = 'video,audio',
  list: readonly string[] = CODECS,
): string =>
  list
    .filter(codec => media.includes(/^(avc|hvc|hev)/.test(codec) ? 'video' : 'audio'))
    .filter(codec => Boolean(isTypeSupported(`video/mp4; codecs="${codec}"`)))
    .join(',')

/** The codecs of a MIME type: `video/mp4; codecs="avc1.640029,mp4a.40.2"` has `avc1.640029,mp4a.40.2`. */
export const codecsOf = (mimeType: string): string => /codecs="([^"]*)"/.exec(mimeType)?.[1] ?? ''

/** The same in words: `H264 High + AAC`. */
export const codecsInWords = (mimeType: string): string =>
  codecsOf(mimeType).split(',').filter(Boolean).map(codecInWords).join(' + ')

const H264_PROFILES: Readonly<Record<string, string>> = { '42': 'Baseline', '4D': 'Main', '64': 'High' }

function codecInWords(codec: string): string {
  const [name = '', detail = ''] = codec.trim().split('.')
  switch (name.toLowerCase()) {
    case 'avc1':
      return `H264 ${H264_PROFILES[detail.slice(0, 2).toUpperCase()] ?? ''}`.trim()
    case 'hvc1':
    case 'hev1':
      return 'H265'
    case 'mp4a':
      return 'AAC'
    default:
      return spokenCodec(name.toUpperCase())
  }
}
