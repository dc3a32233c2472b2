import type { CodecSpec } from '../codec-spec.ts'
import { MpaDepacketizer } from './depacketizer.ts'
import { mpaPacketizer } from './packetizer.ts'

/** RTP's clock for it, whatever the sampling rate: RFC 3551 §4.5.13. */
const RTP_CLOCK_RATE = 90_000

/**
 * MPEG audio, layers 1 to 3, which most people call MP3: ISO/IEC 11172-3 and 13818-3, RTP payload format RFC 2250.
 * A unit's configuration is the header of a frame of the same format: rate and channels are nowhere else.
 */
export const mpa: CodecSpec = {
  kind: 'audio',
  aliases: ['mpa', 'mp3', 'mp2'],
  ffmpegName: 'mp3',
  staticFormats: [{ payloadType: 14, clockRate: RTP_CLOCK_RATE, channels: 0 }],
  announced: codec =>
    codec.clockRate === RTP_CLOCK_RATE ? codec : { ...codec, clockRate: RTP_CLOCK_RATE, channels: 0 },
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: codec => new MpaDepacketizer(codec),
  packetizer: (_codec, payloadBytesMax) => mpaPacketizer(payloadBytesMax),
}
