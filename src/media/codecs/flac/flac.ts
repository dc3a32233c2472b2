import { type Codec, formatParameter } from '../../core/codec.ts'
import type { CodecSpec } from '../codec-spec.ts'
import { STREAMINFO_BYTES } from './stream-info.ts'

/** Our own name for it: FLAC has no SDP form. */
const STREAMINFO = 'streaminfo'

const flacConfiguration = (codec: Codec): readonly Buffer[] => {
  const text = formatParameter(codec, STREAMINFO) ?? ''
  return text.length === 2 * STREAMINFO_BYTES ? [Buffer.from(text, 'hex')] : []
}

/** FLAC: RFC 9639. A unit is a frame, its configuration the STREAMINFO block without its header. RTP has no form for it. */
export const flac: CodecSpec = {
  kind: 'audio',
  aliases: ['flac'],
  ffmpegName: 'flac',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: flacConfiguration,
  formatParameters: ([streamInfo]) => (streamInfo === undefined ? '' : `${STREAMINFO}=${streamInfo.toString('hex')}`),
  depacketizer: () => undefined,
  packetizer: () => undefined,
}
