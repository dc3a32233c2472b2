/** What a track carries: pictures or sound. */
export type Kind = 'video' | 'audio'

/**
 * A codec as offered or as agreed: one `a=rtpmap` with its `a=fmtp` (RFC 8866 §6.6, §6.15),
 * whatever protocol it came by.
 */
export interface Codec {
  readonly kind: Kind
  /** SDP encoding name in upper case: `H264`, `H265`, `MPEG4-GENERIC`, `OPUS`, `PCMU`, `PCMA`; or `ALL`, `ANY` as a wish. */
  readonly name: string
  /** Hz. 0 in a wish: any. */
  readonly clockRate: number
  /** 0 when not said, and for video. */
  readonly channels: number
  /** `a=fmtp` without the payload type, as received; empty when there is none. */
  readonly formatParameters: string
  /** RTP payload type at the connection it came by; absent when it is not RTP. */
  readonly payloadType?: number
}

/** Whether `wanted` is served by `offered`: go2rtc's rule, where 0 and `ALL`/`ANY` in the wish mean "whatever". */
export const codecServes = (offered: Codec, wanted: Codec): boolean =>
  wanted.name === 'ALL' ||
  wanted.name === 'ANY' ||
  (offered.name === wanted.name &&
    (wanted.clockRate === 0 || offered.clockRate === wanted.clockRate) &&
    (wanted.channels === 0 || offered.channels === wanted.channels))

/** Whether a viewer of `before` can go on with `after` without being told: same name, clock and channels. */
export const sameCodec = (before: Codec, after: Codec): boolean =>
  before.name === after.name && before.clockRate === after.clockRate && before.channels === after.channels

/** `key=value;key=value` as a map with lower-case keys. Values keep their case; keys without value map to ''. */
export const formatParameter = (codec: Codec, key: string): string | undefined => {
  for (const part of codec.formatParameters.split(';')) {
    const at = part.indexOf('=')
    const name = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase()
    if (name === key) return at < 0 ? '' : part.slice(at + 1).trim()
  }
  return undefined
}

/** Names that people read, where they differ from SDP's. */
const printNames: Readonly<Record<string, string>> = { 'MPEG4-GENERIC': 'AAC', L16: 'S16B', PCML: 'S16L', MPA: 'MP3' }

/** The name as go2rtc's error texts print it. */
export const printCodecName = (name: string): string => printNames[name] ?? name

/** `H264`, `MPEG4-GENERIC/16000`, `OPUS/48000/2`: as in go2rtc's JSON. 90 000 Hz and absent channels are left out. */
export const formatCodec = (codec: Codec): string => {
  const rate = codec.clockRate === 0 || codec.clockRate === 90_000 ? '' : `/${codec.clockRate}`
  const channels = codec.channels > 0 ? `/${codec.channels}` : ''
  return `${codec.name}${rate}${channels}`
}
