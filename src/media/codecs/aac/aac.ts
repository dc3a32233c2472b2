import type { Codec } from '../../core/codec.ts'
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

/** AAC with enhanced low delay, as HomeKit speaks it. To RTP it is AAC with another configuration. */
export const eld: CodecSpec = {
  ...aac,
  aliases: ['eld', 'aac-eld', 'aac_eld'],
  ffmpegName: 'aac/eld',
  announced: codec => ({ ...codec, name: 'MPEG4-GENERIC', formatParameters: eldParameters(codec) }),
}

/** Whoever reads the announcement needs the configuration: it is what tells ELD from other AAC. */
const eldParameters = (codec: Codec): string => formatAacParameters([aacConfiguration(codec)])
