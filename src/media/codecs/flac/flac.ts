import type { CodecSpec } from '../codec-spec.ts'

/** FLAC: RFC 9639. A unit is a frame, its configuration the STREAMINFO block without its header. RTP has no form for it. */
export const flac: CodecSpec = {
  kind: 'audio',
  aliases: ['flac'],
  ffmpegName: 'flac',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => undefined,
  packetizer: () => undefined,
}
