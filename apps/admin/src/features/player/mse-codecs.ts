import { spokenCodec } from '../../lib/codec-names.ts'

/**
 * Codec tokens the server understands; it compares them letter by letter. `probe` is what a browser is asked,
 * where it differs: FLAC carries the cameras' G.711.
 */
const TOKENS: readonly { readonly token: string; readonly container: 'video/mp4' | 'audio/mp4' }[] = [
  { token: 'avc1.640029', container: 'video/mp4' },
  { token: 'hvc1.1.6.L153.B0', container: 'video/mp4' },
  { token: 'mp4a.40.2', container: 'audio/mp4' },
  { token: 'flac', container: 'audio/mp4' },
  { token: 'opus', container: 'audio/mp4' },
]

/** The codecs a browser can play, as the server wants to read them: `avc1.640029,mp4a.40.2`. */
export const supportedCodecs = (isTypeSupported: (type: string) => boolean): string =>
  TOKENS.filter(({ token, container }) => isTypeSupported(`${container}; codecs="${token}"`))
    .map(({ token }) => token)
    .join(',')

/** A codecs string in words: `avc1.640029,mp4a.40.2` is `H264 High + AAC`. */
export const codecsInWords = (mimeType: string): string =>
  (/codecs="([^"]*)"/.exec(mimeType)?.[1] ?? '').split(',').filter(Boolean).map(codecInWords).join(' + ')

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
