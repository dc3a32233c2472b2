import { blockPacketizer } from '../block-packetizer.ts'
import type { CodecSpec } from '../codec-spec.ts'
import { FrameDepacketizer } from '../frame-depacketizer.ts'

const g711 = {
  kind: 'audio',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: ({ channels }) => new FrameDepacketizer(channels || 1),
  packetizer: ({ channels }, payloadBytesMax) => blockPacketizer(channels || 1, payloadBytesMax),
} as const satisfies Partial<CodecSpec>

/** G.711 µ-law: ITU-T G.711, RFC 3551 §4.5.14. */
export const pcmu: CodecSpec = {
  ...g711,
  aliases: ['pcmu', 'pcm_mulaw', 'mulaw'],
  ffmpegName: 'pcm_mulaw',
  staticFormats: [{ payloadType: 0, clockRate: 8000, channels: 1 }],
}

/** G.711 A-law: ITU-T G.711, RFC 3551 §4.5.14. */
export const pcma: CodecSpec = {
  ...g711,
  aliases: ['pcma', 'pcm_alaw', 'alaw'],
  ffmpegName: 'pcm_alaw',
  staticFormats: [{ payloadType: 8, clockRate: 8000, channels: 1 }],
}
