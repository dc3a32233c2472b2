import type { Packetizer } from '../codec-spec.ts'
import { DESCRIPTOR_BYTES, formatVp8Descriptor } from './descriptor.ts'

/** VP8 frames to RFC 7741 payloads, numbered one after another. */
export const vp8Packetizer = (payloadBytesMax: number): Packetizer => {
  let pictureId = 0
  const step = payloadBytesMax - DESCRIPTOR_BYTES
  return {
    packetize: ({ sample }) => {
      const payloads: (readonly Buffer[])[] = []
      for (let at = 0; at < sample.length; at += step)
        payloads.push([formatVp8Descriptor(at === 0, pictureId), sample.subarray(at, at + step)])
      pictureId++
      return payloads
    },
  }
}
