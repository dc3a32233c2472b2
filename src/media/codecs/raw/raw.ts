import type { CodecSpec } from '../codec-spec.ts'

/** Pictures that nobody encoded, as programs write them into pipes. A unit is a picture. They do not go over RTP here. */
export const raw: CodecSpec = {
  kind: 'video',
  aliases: ['raw', 'rawvideo'],
  ffmpegName: 'rawvideo',
  startsKeyframe: () => true,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => undefined,
  packetizer: () => undefined,
}
