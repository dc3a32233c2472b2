import { MalformedError } from '../../runtime/errors.ts'
import type { CodecSpec } from '../codec-spec.ts'
import { PictureDepacketizer } from '../picture-depacketizer.ts'
import { vp8Assembly } from './depacketizer.ts'
import { isVp8Keyframe, readVp8Payload } from './descriptor.ts'
import { vp8Packetizer } from './packetizer.ts'

const startsKeyframe = (payload: Buffer): boolean => {
  try {
    const { begins, data } = readVp8Payload(payload)
    return begins && isVp8Keyframe(data)
  } catch (error) {
    if (error instanceof MalformedError) return false
    throw error
  }
}

/** VP8: RFC 6386, RTP payload format RFC 7741. */
export const vp8: CodecSpec = {
  kind: 'video',
  aliases: ['vp8'],
  ffmpegName: 'vp8',
  startsKeyframe,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => new PictureDepacketizer(vp8Assembly),
  packetizer: (_codec, payloadBytesMax) => vp8Packetizer(payloadBytesMax),
}
