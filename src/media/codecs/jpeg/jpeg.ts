import type { CodecSpec } from '../codec-spec.ts'
import { JpegDepacketizer } from './depacketizer.ts'
import { jpegPacketizer } from './packetizer.ts'

/** Where the offset of a piece stands in its payload: RFC 2435 §3.1. */
const OFFSET_END = 4

/** JPEG pictures, one after another: ITU-T T.81, RTP payload format RFC 2435. An access unit is a whole file. */
export const jpeg: CodecSpec = {
  kind: 'video',
  aliases: ['jpeg', 'mjpeg'],
  ffmpegName: 'mjpeg',
  staticFormats: [{ payloadType: 26, clockRate: 90_000, channels: 0 }],
  startsKeyframe: payload => payload.length > OFFSET_END && payload.readUIntBE(1, 3) === 0,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => new JpegDepacketizer(),
  packetizer: (_codec, payloadBytesMax) => jpegPacketizer(payloadBytesMax),
}
