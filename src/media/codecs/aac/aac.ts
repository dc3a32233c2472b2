import type { CodecSpec } from '../codec-spec.ts'
import { AacDepacketizer } from './depacketizer.ts'
import { aacConfiguration, formatAacParameters } from './fmtp.ts'
import { aacPacketizer } from './packetizer.ts'

/** AAC: ISO/IEC 14496-3, RTP payload format RFC 3640. */
export const aac: CodecSpec = {
  kind: 'audio',
  aliases: ['aac', 'mpeg4-generic', 'mp4a'],
  ffmpegName: 'aac',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: codec => [aacConfiguration(codec)],
  formatParameters: formatAacParameters,
  depacketizer: codec => new AacDepacketizer(codec),
  packetizer: (_codec, payloadBytesMax) => aacPacketizer(payloadBytesMax),
}
