import type { Codec } from '../../core/codec.ts'
import { blockPacketizer } from '../block-packetizer.ts'
import type { CodecSpec, Packetizer } from '../codec-spec.ts'
import { FrameDepacketizer } from '../frame-depacketizer.ts'
import { swappedBytes } from './byte-order.ts'

/** Bytes of one sample of each channel. */
const blockBytes = ({ channels }: Codec): number => 2 * (channels || 1)

const linear = {
  kind: 'audio',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: codec => new FrameDepacketizer(blockBytes(codec)),
  packetizer: (codec, payloadBytesMax) => blockPacketizer(blockBytes(codec), payloadBytesMax),
} as const satisfies Partial<CodecSpec>

/** 16-bit linear PCM in network byte order: RFC 3551 §4.5.11. */
export const l16: CodecSpec = {
  ...linear,
  aliases: ['l16', 'pcm', 'pcm_s16be', 's16be'],
  ffmpegName: 'pcm_s16be',
  staticFormats: [
    { payloadType: 10, clockRate: 44_100, channels: 2 },
    { payloadType: 11, clockRate: 44_100, channels: 1 },
  ],
}

/**
 * 16-bit linear PCM with the low byte first, as WAV and some cameras have it. RTP has no name for it: it goes out as
 * L16, with its bytes swapped by the packetizer.
 */
export const pcml: CodecSpec = {
  ...linear,
  aliases: ['pcml', 'pcm_s16le', 's16le'],
  ffmpegName: 'pcm_s16le',
  announced: codec => ({ ...codec, name: 'L16' }),
  packetizer: (codec, payloadBytesMax) => swapping(linear.packetizer(codec, payloadBytesMax)),
}

const swapping = (packetizer: Packetizer): Packetizer => ({
  ...packetizer,
  packetize: unit => packetizer.packetize(unit).map(parts => parts.map(swappedBytes)),
})
