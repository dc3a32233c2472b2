import { blockPacketizer } from '../block-packetizer.ts'
import type { CodecSpec } from '../codec-spec.ts'
import { FrameDepacketizer } from '../frame-depacketizer.ts'

/**
 * G.722: two samples of 16 kHz in a byte. RTP's clock counts bytes, and is called 8000 Hz: a mistake that RFC 3551
 * §4.5.2 keeps, because everybody had made it.
 */
export const g722: CodecSpec = {
  kind: 'audio',
  aliases: ['g722', 'adpcm_g722'],
  // go2rtc: has no other name for it.
  ffmpegName: 'G722',
  staticFormats: [{ payloadType: 9, clockRate: 8000, channels: 1 }],
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => new FrameDepacketizer(),
  packetizer: (_codec, payloadBytesMax) => blockPacketizer(1, payloadBytesMax),
}
