import { MalformedError } from '../../runtime/errors.ts'
import type { CodecSpec } from '../codec-spec.ts'
import { PictureDepacketizer } from '../picture-depacketizer.ts'
import { vp9Assembly } from './depacketizer.ts'
import { readVp9Payload } from './descriptor.ts'
import { isVp9Keyframe } from './frame.ts'
import { vp9Packetizer } from './packetizer.ts'

const startsKeyframe = (payload: Buffer): boolean => {
  try {
    const { begins, layer, data } = readVp9Payload(payload)
    return begins && layer === 0 && isVp9Keyframe(data)
  } catch (error) {
    if (error instanceof MalformedError) return false
    throw error
  }
}

/** VP9: its bitstream specification, RTP payload format RFC 9628. */
export const vp9: CodecSpec = {
  kind: 'video',
  aliases: ['vp9'],
  ffmpegName: 'vp9',
  startsKeyframe,
  leadsPicture: () => false,
  configuration: () => [],
  formatParameters: () => '',
  depacketizer: () => new PictureDepacketizer(vp9Assembly),
  packetizer: (_codec, payloadBytesMax) => vp9Packetizer(payloadBytesMax),
}
