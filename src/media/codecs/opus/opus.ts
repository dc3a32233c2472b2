import type { CodecSpec } from '../codec-spec.ts'
import { FrameDepacketizer } from '../frame-depacketizer.ts'
import { framePacketizer } from '../frame-packetizer.ts'

/** Opus: RFC 6716, RTP payload format RFC 7587. Its clock is always 48 kHz. */
export const opus: CodecSpec = {
  kind: 'audio',
  aliases: ['opus'],
  ffmpegName: 'opus',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => 'sprop-stereo=1',
  depacketizer: () => new FrameDepacketizer(),
  packetizer: () => framePacketizer,
}
